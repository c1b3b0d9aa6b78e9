namespace Gimbal.Trainer.Datasets;

/// <summary>Signed distance, in pixels, from the outline of a shape that is turned, scaled and moved; negative inside.</summary>
internal readonly struct ShapeOutline
{
    private readonly int _shape;
    private readonly float _radius;
    private readonly float _cos;
    private readonly float _sin;
    private readonly float _centreX;
    private readonly float _centreY;

    /// <summary>Places a shape.</summary>
    /// <param name="shape">Position in the list of classes.</param>
    /// <param name="radius">About half its extent, in pixels.</param>
    /// <param name="angle">Rotation, in radians.</param>
    /// <param name="centreX">Column of the centre.</param>
    /// <param name="centreY">Row of the centre.</param>
    public ShapeOutline(int shape, float radius, float angle, float centreX, float centreY)
    {
        (_shape, _radius, _centreX, _centreY) = (shape, radius, centreX, centreY);
        (_sin, _cos) = MathF.SinCos(angle);
    }

    /// <summary>Distance of a point.</summary>
    public float Distance(float x, float y)
    {
        (float dx, float dy) = (x - _centreX, y - _centreY);
        (float u, float v) = (((_cos * dx) + (_sin * dy)) / _radius, ((_cos * dy) - (_sin * dx)) / _radius);
        return _radius * UnitDistance(u, v);
    }

    private float UnitDistance(float u, float v) => _shape switch
    {
        0 => Length(u, v) - 0.8f,
        1 => MathF.Abs(Length(u, v) - 0.68f) - 0.18f,
        2 => Box(u, v, 0.72f, 0.72f),
        3 => MathF.Max(Box(u, v, 0.76f, 0.76f), -Box(u, v, 0.42f, 0.42f)),
        4 => Triangle(u, v),
        5 => Star(u, v),
        6 => MathF.Min(Box(u, v, 0.9f, 0.26f), Box(u, v, 0.26f, 0.9f)),
        7 => Heart(u, v),
        8 => MathF.Max(Length(u, v) - 0.88f, 0.72f - Length(u - 0.42f, v)),
        _ => Arrow(u, v),
    };

    private static float Length(float u, float v) => MathF.Sqrt((u * u) + (v * v));

    private static float Box(float u, float v, float halfWidth, float halfHeight)
    {
        (float du, float dv) = (MathF.Abs(u) - halfWidth, MathF.Abs(v) - halfHeight);
        return Length(MathF.Max(du, 0), MathF.Max(dv, 0)) + MathF.Min(MathF.Max(du, dv), 0);
    }

    // Three half-planes at 120 degrees.
    private static float Triangle(float u, float v) =>
        MathF.Max(v - 0.5f, (0.8660254f * MathF.Abs(u)) - (0.5f * v) - 0.5f);

    // Fold the plane into one tenth of the star, then measure to the edge between a tip and a notch.
    private static float Star(float u, float v)
    {
        const float Sector = 2 * MathF.PI / 5;
        const float Tip = 1f;
        const float Notch = 0.42f;
        float angle = MathF.Atan2(u, -v);
        angle = MathF.Abs(angle - (Sector * MathF.Round(angle / Sector)));
        float length = Length(u, v);
        (float sin, float cos) = MathF.SinCos(angle);
        (float px, float py) = (length * sin, length * cos);
        (float notchSin, float notchCos) = MathF.SinCos(Sector / 2);
        (float edgeX, float edgeY) = (Notch * notchSin, (Notch * notchCos) - Tip);
        return ((px * -edgeY) + ((py - Tip) * edgeX)) / Length(edgeX, edgeY);
    }

    // Two disks and the square between them, standing on its corner.
    private static float Heart(float u, float v)
    {
        const float Half = 0.46f;
        const float Turn = 0.70710677f;
        (float a, float b) = (Turn * (u + v - 0.1f), Turn * (v - 0.1f - u));
        float square = MathF.Max(MathF.Abs(a), MathF.Abs(b)) - Half;
        return MathF.Min(square, MathF.Min(Length(a + Half, b) - Half, Length(a, b + Half) - Half));
    }

    private static float Arrow(float u, float v)
    {
        float head = MathF.Max(-0.05f - u, (0.7071068f * (u + MathF.Abs(v))) - 0.64f);
        return MathF.Min(head, Box(u + 0.45f, v, 0.45f, 0.2f));
    }
}
