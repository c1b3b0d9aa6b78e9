using System.Security.Cryptography;
using System.Text;
using Gimbal.Trainer.Tests.Datasets;

namespace Gimbal.Cli.Tests;

/// <summary>Whatever a user gets wrong: one line that says what, where and what to do, the right exit code, and nothing on disk harmed.</summary>
public sealed class BadInputTests(TrainedRun run) : IClassFixture<TrainedRun>
{
    private const int Usage = 2;
    private const int BadData = 65;

    [Theory]
    [InlineData("unknown verb", "trian", "did you mean train?")]
    [InlineData("unknown flag", "train --epoch 3", "did you mean --epochs?")]
    [InlineData("flag without its value", "train --lr", "--lr")]
    [InlineData("no number", "train --lr fast", "--lr: 'fast' is not a number")]
    [InlineData("number out of range", "train --epochs 0", "--epochs: 0 is not in 1 to 100000")]
    [InlineData("not finite", "train --lr NaN", "--lr")]
    [InlineData("whole number too large", "train --batch 99999999999", "--batch")]
    [InlineData("misspelt name", "train --optimizer adma", "did you mean 'adam'?")]
    [InlineData("unknown model", "train --model resnet21", "did you mean resnet20?")]
    [InlineData("clip without its size", "train --clip norm", "--clip: 'norm' is not none, norm:X, value:X or agc:X")]
    [InlineData("unknown initializer", "train --init heuniform", "--init")]
    [InlineData("bf16 on the CPU", "train --precision bf16 --device cpu", "--precision")]
    [InlineData("unknown data", "train --data cifar9:x", "names no data set")]
    [InlineData("data without its folder", "train --data cifar10", "cifar10:DIR")]
    [InlineData("operator set out of range", "export run --opset 12", "--opset: '12' is not in 13 to 21")]
    [InlineData("resume of nothing", "train --resume", "--resume")]
    [InlineData("a run is there already", "train --out run", "--out")]
    [InlineData("unknown recipe", "train --recipe fats", "did you mean fast?")]
    [InlineData("recipe for a run that goes on", "train --resume --out run --recipe fast", "--recipe: a run that goes on has its options already")]
    [InlineData("flag that contradicts the run", "train --resume --out run --lr 0.5", "--lr 0.5 (the run has")]
    [InlineData("accuracy above 1", "train --require-accuracy 97", "--require-accuracy: 97 is not in 0 to 1")]
    [InlineData("steps below 0", "train --save-steps -1", "--save-steps: -1 is not 0 or more")]
    [InlineData("one class", "inspect --model mlp --classes 1", "--classes: 1 is not 2 or more")]
    [InlineData("no batch", "inspect --model mlp --batch 0", "--batch: 0 is not in 1 to 65536")]
    [InlineData("two sources to inspect", "inspect run --model mlp", "inspect")]
    [InlineData("no run to report", "report", "argument missing for command: 'report'")]
    [InlineData("one run twice", "report run ./run", "report: run is named twice")]
    [InlineData("data of several runs", "report run other --data synthetic", "--data: goes with one run")]
    [InlineData("images too small for the model", "inspect --model simple-cnn --size 2", "MaxPool")]
    public void A_wrong_command_line_is_exit_2(string what, string line, string says) => Refused(what, Usage, says, line.Split(' '));

    [Theory]
    [InlineData(Usage, "export run --opset 12")]
    [InlineData(BadData, "predict none.onnx none.jpg")]
    public void Verbose_shows_where_an_error_comes_from_and_leaves_the_exit_code(int exitCode, string line)
    {
        Outcome outcome = Tool.Run(run.Folder.Path, [.. line.Split(' '), "--verbose"]);

        Assert.Equal(exitCode, outcome.ExitCode);
        Assert.Contains("   at Gimbal.", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("last.safetensors")]
    [InlineData("last.previous.safetensors")]
    [InlineData("best.safetensors")]
    public void A_folder_with_any_checkpoint_is_not_trained_into(string name)
    {
        using TestFolder folder = new();
        string path = folder.Write($"other/checkpoints/{name}", File.ReadAllBytes(run.Folder["run/checkpoints/best.safetensors"]));

        Refused(name, Usage, "holds a run already", "train", "--out", folder["other"]);
        Assert.Equal([path], Directory.GetFiles(folder["other/checkpoints"]));
    }

    [Theory]
    [InlineData("missing", null, BadData, "no such file")]
    [InlineData("empty", "", Usage, "not JSON")]
    [InlineData("cut short", "{\"model\": \"mlp\",", Usage, "not JSON (line 1")]
    [InlineData("no object", "[1, 2]", Usage, "a JSON object of options is wanted")]
    [InlineData("unknown key", "{\"modle\": \"mlp\"}", Usage, "unknown key 'modle'; did you mean 'model'?")]
    [InlineData("wrong kind of value", "{\"epochs\": \"many\"}", Usage, "epochs: 'many' is not a whole number")]
    [InlineData("value out of range", "{\"epochs\": -3}", Usage, "--epochs: -3 is not in")]
    [InlineData("wrong form of the exported file", "{\"input\": \"float\"}", Usage, "input: 'float' is not float-nchw or uint8-nhwc")]
    [InlineData("nested value", "{\"lr\": {\"start\": 1}}", Usage, "lr")]
    public void A_wrong_configuration_file_is_refused(string what, string? content, int exitCode, string says)
    {
        using TestFolder folder = new();
        string path = content is null ? folder["config.json"] : folder.Write("config.json", Encoding.UTF8.GetBytes(content));

        Refused(what, exitCode, says, "train", path);
    }

    [Theory]
    [InlineData("missing folder", null, 0, "no such folder")]
    [InlineData("missing file", "data_batch_3.bin", -1, "data_batch_3.bin")]
    [InlineData("empty file", "test_batch.bin", 0, "test_batch.bin")]
    [InlineData("cut short", "data_batch_1.bin", 3072, "data_batch_1.bin")]
    [InlineData("one byte too long", "data_batch_1.bin", (20 * 3073) + 1, "data_batch_1.bin")]
    [InlineData("label out of range", "data_batch_2.bin", 20 * 3073, "label 255")]
    public void Damaged_CIFAR_files_are_exit_65(string what, string? file, int length, string says)
    {
        using TestFolder folder = new();
        CifarFiles.WriteAll(folder);
        if (file is not null)
        {
            Damage(folder, file, length, label: 3073);
        }

        Refused(what, BadData, says, "train", "--data", $"cifar10:{(file is null ? folder["nowhere"] : folder.Path)}");
    }

    [Theory]
    [InlineData("missing folder", null, 0, "no such folder")]
    [InlineData("missing file", "t10k-labels-idx1-ubyte", -1, "t10k-labels-idx1-ubyte")]
    [InlineData("empty file", "train-images-idx3-ubyte", 0, "train-images-idx3-ubyte")]
    [InlineData("cut in its header", "train-images-idx3-ubyte", 9, "is truncated")]
    [InlineData("cut in its pictures", "train-images-idx3-ubyte", 100, "is truncated")]
    [InlineData("label out of range", "train-labels-idx1-ubyte", 8 + 30, "label 255")]
    [InlineData("another kind of file", "train-images-idx3-ubyte.gz", 20, "train-images-idx3-ubyte")]
    public void Damaged_IDX_files_are_exit_65(string what, string? file, int length, string says)
    {
        using TestFolder folder = new();
        IdxFiles.WriteAll(folder);
        if (file is not null && file.EndsWith(".gz", StringComparison.Ordinal))
        {
            File.Delete(folder[file[..^3]]);
            folder.Write(file, new byte[length]);
        }
        else if (file is not null)
        {
            Damage(folder, file, length, label: 9);
        }

        Refused(what, BadData, says, "train", "--data", $"idx:{(file is null ? folder["nowhere"] : folder.Path)}");
    }

    [Theory]
    [InlineData("missing folder", "nowhere", "")]
    [InlineData("empty folder", "", "")]
    [InlineData("one class alone", "train/cat/1.png test/cat/1.png", "")]
    [InlineData("a class without test pictures", "train/cat/1.png train/dog/1.png test/cat/1.png", "/test: one ")]
    [InlineData("a file that is no picture", "train/cat/1.png train/dog/broken.png test/cat/1.png test/dog/1.png", "broken.png")]
    public void Folders_that_are_no_data_set_are_exit_65(string what, string files, string says)
    {
        using TestFolder folder = new();
        foreach (string file in files.Split(' ').Where(file => file.EndsWith(".png", StringComparison.Ordinal)))
        {
            folder.Write(file, file.Contains("broken", StringComparison.Ordinal) ? [1, 2, 3] : PictureFiles.Noise(1));
        }

        Refused(what, BadData, says, "train", "--data", $"images:{(files == "nowhere" ? folder[files] : folder.Path)}");
    }

    [Theory]
    [InlineData("missing", "none.jpg", "none.jpg")]
    [InlineData("empty", "", "")]
    [InlineData("text", "this is no picture", "")]
    [InlineData("truncated PNG", "\u0089PNG\r\n\u001a\n", "")]
    [InlineData("JPEG without an end", "\u00ff\u00d8\u00ff\u00e0\0\u0010JFIF\0", "")]
    public void A_damaged_picture_is_exit_65(string what, string content, string says)
    {
        using TestFolder folder = new();
        string path = what == "missing" ? folder[content] : folder.Write("picture.jpg", Encoding.Latin1.GetBytes(content));

        Refused(what, BadData, says.Length > 0 ? says : "picture.jpg", "predict", "run/model.onnx", path);
    }

    [Fact]
    public void A_folder_without_pictures_is_exit_65()
    {
        using TestFolder folder = new();
        folder.Write("notes.txt", [1]);

        Refused("no pictures", BadData, "holds no pictures", "predict", "run/model.onnx", folder.Path);
    }

    [Theory]
    [InlineData("empty", 0, 0)]
    [InlineData("cut in its header", 40, 0)]
    [InlineData("cut in its tensors", 5000, 0)]
    [InlineData("absurd header length", int.MaxValue, 7)]
    [InlineData("damaged header", int.MaxValue, 20)]
    public void A_damaged_checkpoint_is_exit_65(string what, int length, int flipped)
    {
        using TestFolder folder = new();
        byte[] content = File.ReadAllBytes(run.Folder["run/checkpoints/last.safetensors"]);
        content = content[..Math.Min(length, content.Length)];
        if (flipped > 0)
        {
            content[flipped] ^= 0x7f;
        }

        string path = folder.Write("damaged.safetensors", content);

        Refused(what, BadData, "damaged.safetensors", "export", path, "--out", folder["out.onnx"]);
        Assert.False(File.Exists(folder["out.onnx"]));
    }

    [Theory]
    [InlineData("missing folder", "", null, "no such run folder")]
    [InlineData("no run", "notes.txt", "x", "no run with a checkpoint")]
    [InlineData("empty facts", "report.json", "", "report.json: is damaged (line 1)")]
    [InlineData("facts that say nothing", "report.json", "null", "report.json: holds nothing")]
    [InlineData("facts cut short", "report.json", "{\"outcome\": \"complete\",\n\"data\": ", "report.json: is damaged (line 2)")]
    [InlineData("facts of another kind", "report.json", "[1]", "report.json: is damaged")]
    [InlineData("verdict without its numbers", "verify.json", "{}", "verify.json: is damaged")]
    [InlineData("options of another kind", "config.json", "[]", "config.json: holds nothing")]
    public void A_damaged_run_is_not_reported(string what, string file, string? content, string says)
    {
        using TestFolder folder = new();
        if (content is not null)
        {
            folder.Write($"damaged/{file}", Encoding.UTF8.GetBytes(content));
        }

        if (what is not ("missing folder" or "no run"))
        {
            folder.Write("damaged/checkpoints/last.safetensors", File.ReadAllBytes(run.Folder["run/checkpoints/last.safetensors"]));
        }

        Refused(what, BadData, says, "report", folder["damaged"]);
        Assert.False(File.Exists(folder["damaged/report.html"]));
    }

    [Theory]
    [InlineData("missing", -1)]
    [InlineData("empty", 0)]
    [InlineData("cut short", 3000)]
    [InlineData("a picture", -2)]
    [InlineData("random bytes", -3)]
    [InlineData("another ONNX file", -4)]
    public void A_hostile_model_file_is_exit_65(string what, int length)
    {
        using TestFolder folder = new();
        byte[] model = File.ReadAllBytes(run.Folder["run/model.onnx"]);
        byte[] content = length switch
        {
            -2 => [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10],
            -3 => RandomBytes(4000),
            // An ONNX file without our metadata: version 8, an empty graph.
            -4 => [0x08, 0x08, 0x3a, 0x00],
            _ => model[..Math.Max(0, length)],
        };
        string path = length == -1 ? folder["none.onnx"] : folder.Write("hostile.onnx", content);

        Refused(what, BadData, ".onnx", "predict", path, "picture.jpg");
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_exit_74()
    {
        using TestFolder folder = new();
        string file = folder.Write("file", [1]);

        Refused("a file where the run should be", 74, "file", "train", "--limit", "64", "--model", "mlp", "--out", Path.Combine(file, "run"));
    }

    [Fact]
    public void A_device_that_is_not_there_is_exit_6() => Refused("cuda", 6, "use --device cpu", "train", "--device", "cuda");

    /// <summary>Cuts or stretches a file (−1: deletes it) and, where its length stays, breaks a label.</summary>
    private static void Damage(TestFolder folder, string file, int length, int label)
    {
        byte[] content = File.ReadAllBytes(folder[file]);
        if (length < 0)
        {
            File.Delete(folder[file]);
            return;
        }

        if (length == content.Length)
        {
            content[label] = 255;
        }

        Array.Resize(ref content, length);
        File.WriteAllBytes(folder[file], content);
    }

    private static Dictionary<string, string> Content(string folder) => Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
        .ToDictionary(path => path, path => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path))));

    private static byte[] RandomBytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random(1).NextBytes(bytes);
        return bytes;
    }

    private void Refused(string what, int exitCode, string says, params string[] arguments)
    {
        Dictionary<string, string> before = Content(run.Folder.Path);

        Outcome outcome = Tool.Run(run.Folder.Path, arguments);

        Assert.True(outcome.ExitCode == exitCode, $"{what}: exit {outcome.ExitCode}, wanted {exitCode}: {outcome.Error}{outcome.Out}");
        string line = outcome.Error.TrimEnd('\n', '\r');
        Assert.StartsWith("error: ", line, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', line);
        Assert.Contains(says, line, StringComparison.Ordinal);
        Assert.Equal(before, Content(run.Folder.Path));
    }
}
