/** A request that we understood and will not do. Thrown by a handler, answered by the error handler. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly statusCode: number;
  /** More fields of the answer's body, beside `error`. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(statusCode: number, error: string, details: Readonly<Record<string, unknown>> = {}) {
    super(error);
    this.statusCode = statusCode;
    this.details = details;
  }
}

export const badRequest = (error: string): Refusal => new Refusal(400, error);
export const unauthorised = (error: string): Refusal => new Refusal(401, error);
export const notFound = (error: string): Refusal => new Refusal(404, error);
export const conflict = (error: string): Refusal => new Refusal(409, error);
