import { mkdtemp } from "node:fs/promises";
import { createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { uuidv7 } from "uuidv7";
import { it } from "vitest";
import { anAttempt } from "../testing/attempts.ts";
import { createDockerExecutor } from "./docker-executor.ts";
import { containerName } from "./container-spec.ts";
import { findTestEngine } from "./testing/test-engine.ts";
const silent: any = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };
const image = "localhost/ai-implement-test-stand-in:1";
it("sweep", async () => {
  const engine = await findTestEngine(process.env);
  if (engine === null) throw new Error();
  const socketPath = "/var/tmp/container-engine/docker.sock";
  const directory = await mkdtemp(join(tmpdir(), "r4-"));
  const create = (host = engine.host) => createDockerExecutor({ host, image, orchestratorUrl: "http://host.docker.internal:8080", directory, owner: "r4", clock: { now: () => Date.now() }, logger: silent });
  const ids: string[] = [];
  try {
    for (const lost of [true, false]) for (let k = 1; k <= 6; k++) {
      let n = 0; const seen: string[] = [];
      const server = createServer((req, res) => {
        n += 1;
        if (n > k || (n === k && !lost)) { req.socket.destroy(); return; }
        seen.push(`${req.method} ${req.url?.slice(0, 30)}`);
        const out = request({ socketPath, method: req.method, path: req.url, headers: req.headers }, (ans) => {
          if (n === k) { ans.resume(); ans.on("end", () => req.socket.destroy()); return; }
          res.writeHead(ans.statusCode ?? 500, ans.headers); ans.pipe(res);
        });
        req.pipe(out);
      });
      await new Promise<void>((r) => server.listen(0, "127.0.0.1", r));
      const a = anAttempt({ runId: uuidv7(), claimToken: "waits", repository: { forge: "github", owner: "acme", name: "tally", defaultBranch: "main" }, machine: { cpus: 1, memoryMb: 256 } });
      ids.push(a.runId);
      const first = await create(`tcp://127.0.0.1:${(server.address() as any).port}`).dispatch(a).then(() => "ok", (e) => "failed");
      server.close(); server.closeAllConnections();
      const seenThen = (await create().observe(a)).kind;
      await create().dispatch(a);
      await new Promise((r) => setTimeout(r, 1500));
      const answer = await engine.client.ask({ method: "GET", path: `/containers/${containerName(a.runId)}/archive`, query: { path: "/attempt/starts" } });
      const starts = answer.status === 200 ? answer.bytes.toString("latin1").split("start\n").length - 1 : 0;
      console.log(`lost=${lost} k=${k} last=${seen.at(-1)} first=${first} then=${seenThen} now=${(await create().observe(a)).kind} starts=${starts}`);
      await create().destroy(a);
      console.log((await create().observe(a)).kind);
    }
  } finally {
    for (const id of ids) await engine.client.ask({ method: "DELETE", path: `/containers/${containerName(id)}`, query: { force: "true", v: "true" } });
  }
}, 240_000);
