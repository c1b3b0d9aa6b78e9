namespace Gimbal.Imaging;

/// <summary>A decoded picture: rows of 8-bit pixels with interleaved channels.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Channels">1 (grey) or 3 (red, green, blue).</param>
/// <param name="Pixels">Height·Width·Channels bytes.</param>
internal sealed record Picture(int Height, int Width, int Channels, byte[] Pixels);
