namespace Gimbal.Mutants;

/// <summary>One token of a kernel source.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">As written.</param>
/// <param name="Start">Offset of its first character.</param>
internal readonly record struct KernelToken(TokenKind Kind, string Text, int Start)
{
    /// <summary>Offset behind its last character.</summary>
    public int End => Start + Text.Length;

    /// <summary>Whether it is this operator, bracket or word.</summary>
    public bool Is(string text) => Text == text;
}

/// <summary>Kinds of tokens that the operators tell apart.</summary>
internal enum TokenKind
{
    /// <summary>A name or a keyword.</summary>
    Word,

    /// <summary>A literal number.</summary>
    Number,

    /// <summary>An operator or a bracket.</summary>
    Symbol,
}
