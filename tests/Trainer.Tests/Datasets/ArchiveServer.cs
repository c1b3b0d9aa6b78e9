using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gimbal.Trainer.Tests.Datasets;

/// <summary>A web server on this machine that answers exactly as it is told, so that it can break off as well.</summary>
internal sealed class ArchiveServer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentDictionary<string, Answer> _answers = new();
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly ManualResetEventSlim _hangUp = new();

    public ArchiveServer()
    {
        Address = Bind(_listener);
        _listener.Listen();
        Thread thread = new(Serve) { IsBackground = true };
        thread.Start();
    }

    /// <summary>What is sent for a file: the body may be shorter than its stated length, and the line may stay open after it.</summary>
    public sealed record Answer(byte[] Body, long StatedLength, bool StaysOpen = false);

    /// <summary>Takes a port of this machine. Nobody answers there until the socket listens, and nobody else can take it.</summary>
    public static Uri Bind(Socket socket)
    {
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return new Uri($"http://127.0.0.1:{((IPEndPoint)socket.LocalEndPoint!).Port}/data/");
    }

    public Uri Address { get; }

    /// <summary>Paths asked for, in order.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    public void Give(string file, byte[] body) => Give(file, new Answer(body, body.Length));

    public void Give(string file, Answer answer) => _answers[$"/data/{file}"] = answer;

    public void Dispose()
    {
        _hangUp.Set();
        _listener.Dispose();
    }

    private void Serve()
    {
        while (true)
        {
            try
            {
                using NetworkStream stream = new(_listener.Accept(), ownsSocket: true);
                Respond(stream);
            }
            catch (IOException)
            {
                // The client has gone.
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The listener has been disposed.
                return;
            }
        }
    }

    private void Respond(NetworkStream stream)
    {
        using StreamReader reader = new(stream, Encoding.ASCII, leaveOpen: true);
        if (reader.ReadLine() is not { } request)
        {
            // The client has gone before it asked.
            return;
        }

        string path = request.Split(' ')[1];
        _requests.Enqueue(path);
        while (reader.ReadLine() is { Length: > 0 })
        {
        }

        if (!_answers.TryGetValue(path, out Answer? answer))
        {
            stream.Write("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8);
            return;
        }

        stream.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nContent-Length: {answer.StatedLength}\r\nConnection: close\r\n\r\n")));
        stream.Write(answer.Body);
        if (answer.StaysOpen)
        {
            _hangUp.Wait();
        }
    }
}
