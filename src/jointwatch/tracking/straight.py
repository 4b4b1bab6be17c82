"""Straight-line text to vector code: assignments, written as in Python, done in every lane of a block.

Numba takes about a millisecond to find the type of each operation, a minute for a filter's algebra. Here every number
is a float64 and every name is assigned before it is used, so the text can become LLVM's language directly.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterable
from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import types
from numba.extending import intrinsic

from jointwatch.earth.compiled import kernel

_FLOAT = ir.DoubleType()
_FLAGS = ("contract",)  # as in `earth.compiled`: of fast mathematics only the fused multiply-add
_COMPARISONS = {ast.Gt: ">", ast.Lt: "<"}


def straight(
    name: str, arguments: tuple[str, ...], bodies: Iterable[Iterable[str]], *, lanes: int, module: str
) -> Callable[..., None]:
    """The kernel `name(block, *arguments)` that goes through the lanes once with each of these texts.

    A text holds assignments of sums, differences, products, quotients, `sqrt(a)`, `ceil(a)`, `max(a, b)` and
    `a if b > c else d` to names and to elements `block[c + i]`: of the block, a float64 array, at a constant distance
    from the lane i.
    module: name of the one that makes the text; Numba compiles again when its file has changed.
    """
    names: dict[str, Any] = {"__name__": module}
    lines = [f"def {name}({', '.join(('block', *arguments))}):"]
    for number, body in enumerate(bodies):
        names[f"body{number}"] = _emitted("\n".join(body), arguments)
        lines += [f"    for i in range({lanes}):", f"        body{number}(block, i, ({', '.join(arguments)},))"]
    if not arguments:
        lines = [line.replace("(,)", "()") for line in lines]
    exec(compile("\n".join(lines), str(sys.modules[module].__file__), "exec"), names)  # noqa: S102 - the text is the house's own
    made: Callable[..., None] = kernel(names[name])
    return made


def _emitted(text: str, arguments: tuple[str, ...]) -> Any:
    """What Numba puts in place of a call `body(block, i, arguments)`."""

    def typed(_context: Any, block: Any, i: Any, values: Any) -> Any:
        tree = ast.parse(text)  # not before: what comes out of the cache needs no text

        def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            data = context.make_array(signature.args[0])(context, builder, args[0]).data
            known = {
                name: context.cast(builder, builder.extract_value(args[2], k), signature.args[2][k], types.float64)
                for k, name in enumerate(arguments)
            }
            lane = _Lane(builder, data, args[1], known)
            for statement in tree.body:
                lane.do(statement)
            return context.get_dummy_value()

        return types.void(block, i, values), emit

    return intrinsic(typed)


class _Lane:
    """One pass of a text through LLVM's builder."""

    def __init__(self, builder: Any, data: Any, i: Any, known: dict[str, Any]) -> None:
        self.builder, self.data, self.i, self.known = builder, data, i, known

    def do(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.AugAssign):
            value: ast.expr = ast.BinOp(statement.target, statement.op, statement.value)
            self.assign(statement.target, value)
        elif isinstance(statement, ast.Assign):
            self.assign(statement.targets[0], statement.value)
        else:
            raise SyntaxError(f"straight-line text holds assignments; got {ast.unparse(statement)!r}")

    def assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, its in zip(target.elts, value.elts, strict=True):
                self.assign(one, its)
        elif isinstance(target, ast.Name):
            self.known[target.id] = self.value(value)
        elif isinstance(target, ast.Subscript):
            self.builder.store(self.value(value), self.element(target))

    def element(self, node: ast.Subscript) -> Any:
        """Address of `block[c + i]`."""
        match node.slice:
            case ast.BinOp(ast.Constant(distance), ast.Add(), ast.Name("i")):
                index = self.builder.add(self.i, self.i.type(distance), flags=["nsw"])
                return self.builder.gep(self.data, [index], inbounds=True)
        raise SyntaxError(f"straight-line text wants block[number + i], got {ast.unparse(node)!r}")

    def value(self, node: ast.expr) -> Any:
        build = self.builder
        match node:
            case ast.Constant(number):
                return _FLOAT(float(str(number)))
            case ast.Name(name):
                return self.known[name]
            case ast.Subscript():
                return build.load(self.element(node))
            case ast.UnaryOp(ast.USub(), operand):
                return build.fneg(self.value(operand))
            case ast.BinOp(left, operation, right):
                act = {ast.Add: build.fadd, ast.Sub: build.fsub, ast.Mult: build.fmul, ast.Div: build.fdiv}
                return act[type(operation)](self.value(left), self.value(right), flags=_FLAGS)
            case ast.Compare(left, [operation], [right]):
                return build.fcmp_ordered(_COMPARISONS[type(operation)], self.value(left), self.value(right))
            case ast.IfExp(test, yes, no):
                return build.select(self.value(test), self.value(yes), self.value(no))
            case ast.Call(ast.Name("sqrt" | "ceil" as name), [operand]):
                return build.call(build.module.declare_intrinsic(f"llvm.{name}", [_FLOAT]), [self.value(operand)])
            case ast.Call(ast.Name("max"), [left, right]):
                a, b = self.value(left), self.value(right)
                return build.select(build.fcmp_ordered(">", a, b), a, b)
        raise SyntaxError(f"straight-line text has no word for {ast.unparse(node)!r}")
