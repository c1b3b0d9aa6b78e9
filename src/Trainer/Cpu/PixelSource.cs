namespace Gimbal.Trainer.Cpu;

/// <summary>How a convolution reads the pixels of an operand: as they lie in memory, or as an op in front of it would have made them.</summary>
/// <remarks>
/// Convolutions copy the pixels they need into a thread's scratch, run by run; what is done to them on the way costs no pass of its own. Pixels
/// outside the image are zeros that the convolution writes itself: they are never read through here.
/// </remarks>
internal readonly unsafe struct PixelSource
{
    private readonly Kind _kind;
    private readonly float* _x;
    private readonly float* _second;
    private readonly float* _coefficients;
    private readonly int _width;
    private readonly int _height;

    private PixelSource(Kind kind, float* x, float* second, float* coefficients, int channels, int height = 0, int width = 0)
    {
        _kind = kind;
        _x = x;
        _second = second;
        _coefficients = coefficients;
        _height = height;
        _width = width;
        Channels = channels;
    }

    private enum Kind
    {
        Plain,
        NormalizedRectified,
        NormalizationGradient,
        Unpooled,
    }

    /// <summary>Channels of a pixel, all groups together.</summary>
    public int Channels { get; }

    /// <summary>The first pixel where they are read as they lie in memory, N, H, W, C; null where they are computed.</summary>
    public float* Address => _kind == Kind.Plain ? _x : null;

    /// <summary>Pixels as they lie in memory, N, H, W, C.</summary>
    public static PixelSource Plain(float* x, int channels) => new(Kind.Plain, x, null, null, channels);

    /// <summary>max((x − a)·b + c, 0), each channel with its own coefficients [3, C].</summary>
    public static PixelSource NormalizedRectified(float* x, float* coefficients, int channels) =>
        new(Kind.NormalizedRectified, x, null, coefficients, channels);

    /// <summary>gradY·b + (x − a)·c + d, each channel with its own coefficients [4, C].</summary>
    public static PixelSource NormalizationGradient(float* gradY, float* x, float* coefficients, int channels) =>
        new(Kind.NormalizationGradient, gradY, x, coefficients, channels);

    /// <summary>The gradient in front of a 2×2 max-pooling of stride 2: each gradient at the pixel its maximum came from, zero elsewhere.</summary>
    /// <param name="gradY">[N, H/2, W/2, C].</param>
    /// <param name="positions">Where each maximum was found, h·W + w, of gradY's extents.</param>
    /// <param name="channels">C.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    public static PixelSource Unpooled(float* gradY, int* positions, int channels, int height, int width) =>
        new(Kind.Unpooled, gradY, (float*)positions, null, channels, height, width);

    /// <summary>Copies a run.</summary>
    /// <param name="run">Which pixels and channels.</param>
    /// <param name="to">Receives the first channel of the first pixel.</param>
    /// <param name="toStride">Elements from one pixel of <paramref name="to"/> to the next.</param>
    public void Read(in PixelRun run, float* to, nint toStride)
    {
        nint first = (run.Pixel * Channels) + run.Channel;
        CoefficientRows rows = new((nint)_coefficients, Channels);
        switch (_kind)
        {
            case Kind.Plain:
                Copy(_x + first, run, to, toStride);
                break;
            case Kind.NormalizedRectified:
                PixelMaps.Run<NormalizedRectified>(run.Pixels, run.Channel, run.Channels, rows, _x + first, Channels, null, 0, to, toStride);
                break;
            case Kind.NormalizationGradient:
                PixelMaps.Run<NormalizationGradient>(run.Pixels, run.Channel, run.Channels, rows, _x + first, Channels, _second + first, Channels, to, toStride);
                break;
            case Kind.Unpooled:
                Unpool(run, to, toStride);
                break;
        }
    }

    /// <summary>Asks for one of several parts of a range of pixels ahead of the time they are read.</summary>
    /// <param name="first">The first pixel, counted through all rows and images.</param>
    /// <param name="count">Number of pixels; whole pairs of rows where they are unpooled.</param>
    /// <param name="part">Which part.</param>
    /// <param name="parts">Number of parts.</param>
    public void Prefetch(nint first, nint count, int part, int parts)
    {
        nint shrink = _kind == Kind.Unpooled ? Pooling2.Size * Pooling2.Size : 1;
        first = first / shrink * Channels;
        nint length = count / shrink * Channels;
        Floats.Prefetch(_x + first, length, part, parts);
        if (_second != null)
        {
            Floats.Prefetch(_second + first, length, part, parts);
        }
    }

    /// <summary>The source as plain pixels, for what reads each of them several times: made in the temporaries of the node where it is not plain already.</summary>
    /// <param name="steps">Receives the step that makes them.</param>
    /// <param name="imageRows">Rows of all images together.</param>
    /// <param name="width">Pixels of a row.</param>
    public float* Materialize(CpuSteps steps, int imageRows, int width)
    {
        if (Address != null)
        {
            return Address;
        }

        float* pixels = steps.Scratch((long)imageRows * width * Channels);
        RowChunks chunks = new(imageRows, (long)width * Channels);
        steps.Add("conv_read", &ReadChunk, new MaterializeArgs { Source = this, Pixels = pixels, Width = width, Chunks = chunks }, chunks.Count);
        return pixels;
    }

    private static void ReadChunk(MaterializeArgs* args, int chunk, float* scratch)
    {
        int channels = args->Source.Channels;
        for (int row = args->Chunks.Start(chunk); row < args->Chunks.End(chunk); row++)
        {
            nint first = (nint)row * args->Width;
            args->Source.Read(new PixelRun(first, args->Width, 0, channels), args->Pixels + (first * channels), channels);
        }
    }

    private void Copy(float* from, in PixelRun run, float* to, nint toStride)
    {
        if (run.Channels == Channels && toStride == run.Channels)
        {
            Floats.Copy(from, to, run.Pixels * run.Channels);
            return;
        }

        for (int i = 0; i < run.Pixels; i++, from += Channels, to += toStride)
        {
            Floats.Copy(from, to, run.Channels);
        }
    }

    private void Unpool(in PixelRun run, float* to, nint toStride)
    {
        nint imageRow = run.Pixel / _width;
        int row = (int)(imageRow % _height);
        int column = (int)(run.Pixel % _width);
        int pooledWidth = _width / Pooling2.Size;
        nint pooledRow = (imageRow / _height * (_height / Pooling2.Size)) + (row / Pooling2.Size);
        for (int i = 0; i < run.Pixels; i++, column++, to += toStride)
        {
            // An odd last row or column lies outside all windows.
            bool isInside = row / Pooling2.Size < _height / Pooling2.Size && column / Pooling2.Size < pooledWidth;
            if (isInside)
            {
                nint pooled = (((pooledRow * pooledWidth) + (column / Pooling2.Size)) * Channels) + run.Channel;
                Pooling2.Unpool(_x + pooled, (int*)_second + pooled, (row * _width) + column, run.Channels, to);
            }
            else
            {
                Floats.Clear(to, run.Channels);
            }
        }
    }

    private struct MaterializeArgs
    {
        public PixelSource Source;
        public float* Pixels;
        public int Width;
        public RowChunks Chunks;
    }
}

/// <summary>Neighbouring pixels of one row of one image, and a range of their channels.</summary>
/// <param name="Pixel">The first pixel, counted through all rows and images.</param>
/// <param name="Pixels">Number of pixels; they do not cross the end of a row.</param>
/// <param name="Channel">First channel, counted through all groups.</param>
/// <param name="Channels">Number of channels.</param>
internal readonly record struct PixelRun(nint Pixel, int Pixels, int Channel, int Channels);
