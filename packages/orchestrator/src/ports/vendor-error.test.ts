import { expect, test } from "vitest";
import { DeliveryError, isPermanent } from "./delivery-error.ts";
import { isFailure, isOutage, VendorError, type VendorFailure } from "./vendor-error.ts";

const expected: Readonly<Record<VendorFailure, { readonly retryable: boolean; readonly outage: boolean }>> = {
  unauthorised: { retryable: true, outage: false },
  forbidden: { retryable: true, outage: false },
  "not-found": { retryable: false, outage: false },
  invalid: { retryable: false, outage: false },
  "rate-limited": { retryable: true, outage: false },
  "too-complex": { retryable: false, outage: false },
  unavailable: { retryable: true, outage: true },
  timeout: { retryable: true, outage: true },
  unreachable: { retryable: true, outage: true },
  malformed: { retryable: true, outage: true },
};
const failures = Object.entries(expected) as [VendorFailure, (typeof expected)[VendorFailure]][];

test.each(failures)(
  "§9 %s: whether trying again helps, and whether the vendor is to blame",
  (failure, answer) => {
    const error = new VendorError(failure, "x");
    expect({ retryable: error.retryable, outage: isOutage(error) }).toEqual(answer);
    expect(isPermanent(error)).toBe(!answer.retryable);
    expect(isFailure(error, failure)).toBe(true);
    expect(isFailure(error, failure === "timeout" ? "invalid" : "timeout")).toBe(false);
  },
);

test("§9 it is a DeliveryError that keeps the vendor's own wish and its cause", () => {
  const cause = new Error("why");
  const error = new VendorError("rate-limited", "x", { retryAfterMs: 7, cause });
  expect(error).toBeInstanceOf(DeliveryError);
  expect(error).toMatchObject({ retryAfterMs: 7, cause });
  expect(new VendorError("timeout", "x").retryAfterMs).toBeUndefined();
});

test("§9 an error from elsewhere is no outage and no failure of the vendor", () => {
  for (const error of [new Error("timeout"), new DeliveryError("x", { retryable: true }), "timeout", null]) {
    expect(isOutage(error)).toBe(false);
    expect(isFailure(error, "timeout")).toBe(false);
  }
});
