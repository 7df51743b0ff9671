/** An expression that GitHub would not accept, or that cannot be evaluated. The message names the expression. */
export class ExpressionError extends Error {
  override readonly name = "ExpressionError";
}
