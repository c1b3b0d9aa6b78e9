using System.Runtime.Intrinsics;

namespace Gimbal.Trainer.Cpu;

/// <summary>The transforms of Winograd's F(4x4, 3x3) in one instruction set, one vector of channels at a time.</summary>
/// <remarks>
/// A tile of 4x4 outputs y of a 3x3 correlation of d with g is y = Aᵀ·((G·g·Gᵀ) ⊙ (Bᵀ·d·B))·A: 36 products in place of 144. The polynomials behind
/// it are multiplied at the points 0, ±√½, ±√2 and infinity, which keep rounding errors four to six times smaller than the customary
/// 0, ±1, ±2 (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2016).
/// A plane holds one of the 36 numbers, row by row, for all tiles and channels.
/// </remarks>
internal readonly unsafe struct WinogradTransforms
{
    /// <summary>Rows and columns of outputs in a tile.</summary>
    public const int Tile = 4;

    /// <summary>Rows and columns of pixels that a tile reads beyond its outputs.</summary>
    public const int Halo = 2;

    /// <summary>Numbers that stand for a tile.</summary>
    public const int Planes = 36;

    /// <summary>The widest set this processor has.</summary>
    public static readonly WinogradTransforms Best =
        Vector512.IsHardwareAccelerated ? WinogradTransforms512.Set
        : Vector256.IsHardwareAccelerated ? WinogradTransforms256.Set
        : Vector128.IsHardwareAccelerated ? WinogradTransforms128.Set
        : WinogradTransforms32.Set;

    /// <summary>Channels of a vector.</summary>
    public int Lanes { get; init; }

    /// <summary>
    /// Bᵀ·d·B for the neighbouring tiles of a strip of 6 rows: (pixels, elements from row to row, from pixel to pixel, tiles, planes, elements from plane to
    /// plane, from tile to tile).
    /// </summary>
    public delegate*<float*, nint, nint, int, float*, nint, nint, void> Source { get; init; }

    /// <summary>
    /// Aᵀ·m·A for neighbouring tiles: (planes, elements from plane to plane, from tile to tile, tiles, pixels of 4 rows, elements from row to row, from
    /// pixel to pixel).
    /// </summary>
    public delegate*<float*, nint, nint, int, float*, nint, nint, void> Target { get; init; }

    /// <summary>A·y·Aᵀ, the adjoint of <see cref="Target"/>, for a strip of 4 rows; parameters as for <see cref="Source"/>.</summary>
    public delegate*<float*, nint, nint, int, float*, nint, nint, void> TargetGradient { get; init; }

    /// <summary>G·g·Gᵀ: (taps, elements from tap to tap, elements of a tap, planes, elements from plane to plane). Whole vectors are read and written.</summary>
    public delegate*<float*, nint, int, float*, nint, void> Filter { get; init; }

    /// <summary>Gᵀ·u·G, the adjoint of <see cref="Filter"/>: (planes, elements from plane to plane, elements of a plane, taps, elements from tap to tap).</summary>
    public delegate*<float*, nint, int, float*, nint, void> FilterGradient { get; init; }

    /// <summary>Rounds channels up to whole vectors.</summary>
    public int PaddedChannels(int channels) => (channels + Lanes - 1) / Lanes * Lanes;
}
