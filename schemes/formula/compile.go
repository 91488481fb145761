package formula

import (
	"github.com/expr-lang/expr/ast"
)

// number and condition are compiled parts of a formula.
type (
	number    func(*frame) float64
	condition func(*frame) bool
)

// compiler turns the syntax tree into closures. Every operation is a function of
// its own, so that no compiler fuses two of them.
type compiler struct {
	formula *Formula
	faults  Faults
	// seen holds the nodes that were compiled. The parser reads a < b < c as
	// a < b and b < c with one node for both b: such chains are refused, since
	// nested ones would take exponential time.
	seen map[any]bool
}

// number compiles a node that must be a number.
func (c *compiler) number(n ast.Node) number {
	switch n := n.(type) {
	case *ast.IntegerNode:
		return constant(float64(n.Value))
	case *ast.FloatNode:
		return constant(n.Value)
	case *ast.IdentifierNode:
		place := c.formula.place(n.Value)
		return func(f *frame) float64 { return f.values[place] }
	case *ast.UnaryNode:
		if n.Operator == "-" || n.Operator == "+" {
			return c.sign(n)
		}
	case *ast.BinaryNode:
		if apply := arithmetic(n.Operator); apply != nil {
			a, b := c.number(n.Left), c.number(n.Right)
			return func(f *frame) float64 { return apply(a(f), b(f)) }
		}
	case *ast.ConditionalNode:
		when, a, b := c.condition(n.Cond), c.number(n.Exp1), c.number(n.Exp2)
		return func(f *frame) float64 {
			if when(f) {
				return a(f)
			}
			return b(f)
		}
	case *ast.CallNode:
		return c.call(n)
	}
	c.faults.add(column(n), "a condition where a number belongs; want a number, such as x < 0.5 ? 2 : 1")
	return nil
}

// constant compiles a literal.
func constant(v float64) number { return func(*frame) float64 { return v } }

// sign compiles a sign.
func (c *compiler) sign(n *ast.UnaryNode) number {
	a := c.number(n.Node)
	if n.Operator == "+" {
		return a
	}
	return func(f *frame) float64 { return -a(f) }
}

// arithmetic returns what an operator does, nil if its result is no number.
func arithmetic(operator string) func(a, b float64) float64 {
	switch operator {
	case "+":
		return func(a, b float64) float64 { return a + b }
	case "-":
		return func(a, b float64) float64 { return a - b }
	case "*":
		return func(a, b float64) float64 { return float64(a * b) }
	case "/":
		return func(a, b float64) float64 { return a / b }
	case "**", "^":
		return power
	}
	return nil
}

// call compiles a call. Which functions there are was checked before.
func (c *compiler) call(n *ast.CallNode) number {
	name := n.Callee.(*ast.IdentifierNode).Value
	fn := functions[functionNamed(name)]
	if len(n.Arguments) != fn.arguments {
		c.faults.add(column(n), "%s with %d values; want %s", name, len(n.Arguments), fn.Use)
		return nil
	}
	args := make([]number, 3)
	for i := range args {
		args[i] = constant(0)
		if i < len(n.Arguments) {
			args[i] = c.number(n.Arguments[i])
		}
	}
	return func(f *frame) float64 { return fn.apply(args[0](f), args[1](f), args[2](f)) }
}

// condition compiles a node that must be a condition.
func (c *compiler) condition(n ast.Node) condition {
	switch n := n.(type) {
	case *ast.UnaryNode:
		if n.Operator == "not" || n.Operator == "!" {
			a := c.condition(n.Node)
			return func(f *frame) bool { return !a(f) }
		}
	case *ast.BinaryNode:
		if n.Operator == "and" || n.Operator == "&&" || n.Operator == "or" || n.Operator == "||" {
			return c.both(n)
		}
		if compare := comparison(n.Operator); compare != nil {
			return c.compare(n, compare)
		}
	}
	c.faults.add(column(n), "a number where a condition belongs; want a comparison, such as x < 0.5")
	return nil
}

// both compiles a conjunction or disjunction of two conditions.
func (c *compiler) both(n *ast.BinaryNode) condition {
	a, b := c.condition(n.Left), c.condition(n.Right)
	if n.Operator == "and" || n.Operator == "&&" {
		return func(f *frame) bool { return a(f) && b(f) }
	}
	return func(f *frame) bool { return a(f) || b(f) }
}

// compare compiles a comparison of two numbers.
func (c *compiler) compare(n *ast.BinaryNode, compare func(a, b float64) bool) condition {
	if c.seen[n.Left] || c.seen[n.Right] {
		c.faults.add(column(n), "comparisons in a chain; want a < b and b < c")
		return nil
	}
	c.seen[n.Left], c.seen[n.Right] = true, true
	a, b := c.number(n.Left), c.number(n.Right)
	return func(f *frame) bool { return compare(a(f), b(f)) }
}

// comparison returns what an operator compares, nil if it does not.
func comparison(operator string) func(a, b float64) bool {
	switch operator {
	case "<":
		return func(a, b float64) bool { return a < b }
	case "<=":
		return func(a, b float64) bool { return a <= b }
	case ">":
		return func(a, b float64) bool { return a > b }
	case ">=":
		return func(a, b float64) bool { return a >= b }
	case "==":
		return func(a, b float64) bool { return a == b }
	case "!=":
		return func(a, b float64) bool { return a != b }
	}
	return nil
}

// column returns the place of a node, counted in characters from 1.
func column(n ast.Node) int { return n.Location().From + 1 }
