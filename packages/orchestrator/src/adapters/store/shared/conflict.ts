/** Somebody else wrote first. Thrown inside a transaction so that it rolls back; never leaves the store. */
export class Conflict extends Error {
  override readonly name = "Conflict";
}
