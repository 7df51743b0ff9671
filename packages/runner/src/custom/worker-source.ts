/**
 * What runs beside a custom step in its own thread, as an ES module: it takes the step out of its module and carries its
 * questions to us. It is text because a thread begins with a file or a text, and the bundle is one file.
 */
export const workerSource = `
import { parentPort, workerData } from "node:worker_threads";
const waiting = new Map();
let next = 0;
parentPort.on("message", ({ id, value, error }) => {
  const { resolve, reject } = waiting.get(id);
  waiting.delete(id);
  if (error === undefined) resolve(value); else reject(new Error(error));
});
const ask = (question) => new Promise((resolve, reject) => {
  next += 1;
  waiting.set(next, { resolve, reject });
  parentPort.postMessage({ kind: "question", id: next, question });
});
const input = {
  job: workerData.job,
  run: (command, ...parameters) => ask({ kind: "run", command, parameters }),
  readFile: (path) => ask({ kind: "read-file", path }),
  log: (line) => parentPort.postMessage({ kind: "log", line: String(line) }),
};
try {
  const { step } = await import(workerData.module);
  if (workerData.job === null) {
    const isStep = typeof step === "object" && step !== null && typeof step.run === "function";
    parentPort.postMessage({ kind: "described", essential: isStep ? step.essential : undefined });
  } else {
    parentPort.postMessage({ kind: "ended", result: await step.run(input) });
  }
} catch (error) {
  parentPort.postMessage({ kind: "threw", message: error instanceof Error ? error.message : String(error) });
}
`;
