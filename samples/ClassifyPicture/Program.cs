// An app that ships a model: it references Gimbal.Inference alone.
// dotnet run -c Release --project samples/ClassifyPicture -- shapes.onnx photo.jpg
using Gimbal.Inference;

if (args.Length != 2)
{
    Console.Error.WriteLine("usage: ClassifyPicture MODEL.onnx PICTURE");
    return 2;
}

using ImageClassifier classifier = ImageClassifier.Load(args[0]);
classifier.SelfTest(); // The golden samples inside the file: does this machine answer as the trainer did?
foreach (Prediction prediction in classifier.Classify(args[1]).All.Take(3))
{
    Console.WriteLine($"{prediction.Probability,6:P1}  {prediction.Label}");
}

return 0;
