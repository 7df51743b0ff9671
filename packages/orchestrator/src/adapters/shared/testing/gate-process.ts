/** A process of its own: `node gate-process.cjs URL_THAT_HANGS`. It has to end by itself as soon as it has its answers. */

import { VendorError } from "../../../ports/vendor-error.ts";
import { exchange } from "../exchange.ts";
import { createVendorGate } from "../vendor-gate.ts";

const [, , hangingUrl = ""] = process.argv;
const nobody = "http://127.0.0.1:1";

const gate = createVendorGate({
  vendor: "Acme",
  clock: { now: () => Date.now() },
  concurrency: 1,
  timeoutMs: 200,
  retries: 1,
  retryDelayMs: 100,
  breaker: { failures: 3, coolDownMs: 3_600_000 },
});
const read = async (url: string): Promise<string> => {
  try {
    await gate.read((signal) => exchange({ vendor: "Acme", url, method: "GET", headers: {}, signal }));
    return "answered";
  } catch (error) {
    return error instanceof VendorError ? error.failure : String(error);
  }
};

gate.holdUntil(Date.now() - 1);
console.log(JSON.stringify([await read(nobody), await read(hangingUrl), await read(nobody)]));
