using System.Reflection;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tests.Ops.Cases;

namespace Gimbal.Trainer.Tests.Ops;

public class OpCoverageTests
{
    private static readonly IReadOnlyList<Type> Ops = [.. typeof(Op).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Op)) && !t.IsAbstract)];

    [Fact]
    public void Every_op_has_cases()
    {
        Assert.NotEmpty(Ops);
        HashSet<Type> covered = [.. AllOps.Families.Where(f => f.Fixed.Count > 0).Select(f => f.Op)];
        Assert.Empty(Ops.Where(op => !covered.Contains(op)).Select(op => $"op {op.Name} has no case in tests/Trainer.Tests/Ops/Cases"));
    }

    [Fact]
    public void Every_forward_op_takes_part_in_the_gradient_check()
    {
        IEnumerable<string> forward = Ops.Where(op => op.IsSubclassOf(typeof(ForwardOp))).Select(op => op.Name).Order();
        Assert.Equal(forward, AllOps.Families.Where(f => f.Op.IsSubclassOf(typeof(ForwardOp))).Select(f => f.Op.Name).Order());
    }

    [Fact]
    public void Cases_belong_to_their_family_and_fit_their_op()
    {
        foreach (OpFamily family in AllOps.Families)
        {
            foreach (OpCase opCase in family.Fixed.Append(family.Drawn(0)))
            {
                Assert.Equal(family.Op, opCase.Op.GetType());
                Assert.NotEmpty(opCase.ToGraph().Nodes);
            }
        }
    }

    [Fact]
    public void Every_attribute_has_value_equality()
    {
        var wrong = from op in Ops
                    from property in op.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                    where property.SetMethod is not null
                    let type = property.PropertyType
                    where !type.IsEnum && !typeof(IEquatable<>).MakeGenericType(type).IsAssignableFrom(type)
                    select $"{op.Name}.{property.Name} is a {type.Name}";
        Assert.Empty(wrong);
    }
}
