using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gimbal.Trainer.Checkpoints;
using Gimbal.Trainer.Health;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Training;

/// <summary>The readings of a run, a line of JSON each, one file over all its lives.</summary>
internal sealed class HealthLog : IDisposable
{
    /// <summary>Name of the file in the run's folder.</summary>
    public const string FileName = "health.jsonl";

    private const byte EndOfLine = (byte)'\n';

    private static readonly JsonSerializerOptions s_lines = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        IgnoreReadOnlyProperties = true,
        Converters = { new ShortNumber() },
    };

    private readonly LogFile _file;

    private HealthLog(LogFile file) => _file = file;

    /// <summary>Opens a run's log where the run stands; begins it where there is none.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="run">The run.</param>
    /// <exception cref="DiskException">It cannot be read or written.</exception>
    public static HealthLog Open(string folder, TrainingRun run) =>
        new(LogFile.Open(Path.Combine(folder, FileName), "readings of the layers' health", found => LengthBefore(found, run.StepsDone)));

    /// <summary>Reads the log of a run: nothing where there is none, and no line that a crash tore.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <exception cref="DataFileException">A line is damaged.</exception>
    public static IReadOnlyList<HealthReading> Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return [];
        }

        List<HealthReading> readings = [];
        ReadOnlySpan<byte> file = File.ReadAllBytes(path);
        while (file.IndexOf(EndOfLine) is >= 0 and int length)
        {
            readings.Add(Parse(file[..length]) ?? throw new DataFileException(path, $"line {readings.Count + 1} is damaged; remove the file"));
            file = file[(length + 1)..];
        }

        return readings;
    }

    /// <summary>Logs a reading.</summary>
    /// <exception cref="DiskException">It could not be written.</exception>
    public void Add(HealthReading reading) => _file.Write([.. JsonSerializer.SerializeToUtf8Bytes(reading, s_lines), EndOfLine]);

    /// <summary>Returns once all is on the disk.</summary>
    /// <exception cref="DiskException">It may not be on the disk.</exception>
    public void Sync() => _file.Sync();

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    // The first lines that are sound and tell of steps that have been taken.
    private static int LengthBefore(ReadOnlySpan<byte> file, long step)
    {
        int length = 0;
        while (file[length..].IndexOf(EndOfLine) is >= 0 and int line && Parse(file.Slice(length, line)) is { } reading && reading.Step < step)
        {
            length += line + 1;
        }

        return length;
    }

    private static HealthReading? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize<HealthReading>(line, s_lines);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Six digits: what sums of floats are good for, in a file that grows with every reading.</summary>
    private sealed class ShortNumber : JsonConverterFactory
    {
        public override bool CanConvert(Type typeToConvert) => typeToConvert == typeof(double) || typeToConvert == typeof(float);

        public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
            typeToConvert == typeof(double) ? new Doubles() : new Floats();

        private static void Write(Utf8JsonWriter writer, double value)
        {
            if (double.IsFinite(value))
            {
                writer.WriteRawValue(value.ToString("G6", CultureInfo.InvariantCulture), skipInputValidation: true);
            }
            else
            {
                writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
            }
        }

        private static double Read(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.String
            ? double.Parse(reader.GetString()!, CultureInfo.InvariantCulture)
            : reader.GetDouble();

        private sealed class Doubles : JsonConverter<double>
        {
            public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => ShortNumber.Read(ref reader);

            public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) => ShortNumber.Write(writer, value);
        }

        private sealed class Floats : JsonConverter<float>
        {
            public override float Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => (float)ShortNumber.Read(ref reader);

            public override void Write(Utf8JsonWriter writer, float value, JsonSerializerOptions options) => ShortNumber.Write(writer, value);
        }
    }
}
