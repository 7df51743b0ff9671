import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import type { ActionEmulation, ActionJob } from "../action-emulation.ts";
import { runScript } from "../steps/run-script.ts";
import { readActionInputs } from "./action-inputs.ts";

const known = ["repository", "ref", "token", "path", "fetch-depth", "persist-credentials"];

/** `actions/checkout`: a real fetch over HTTP with the token; the token stays in the clone's settings unless that is refused. */
export const checkout: ActionEmulation = {
  async run(given, environment, job) {
    const inputs = readActionInputs(given, known);
    const { repository, ref } = job.request;
    const server = environment["GITHUB_SERVER_URL"] ?? "";
    const name = inputs.text("repository") || `${repository.owner}/${repository.name}`;
    const isOwn = name === `${repository.owner}/${repository.name}`;
    const named = inputs.text("ref");
    const wanted = named || (isOwn ? environment["GITHUB_SHA"] || ref : "HEAD");
    const branch = named || (isOwn ? ref : "HEAD");
    const folder = resolve(job.workspace, inputs.text("path") || ".");
    const credential = Buffer.from(`x-access-token:${inputs.text("token") || job.token}`).toString("base64");
    job.mask(credential);
    const header = [`http.${server}/.extraheader`, `AUTHORIZATION: basic ${credential}`] as const;
    const depth = inputs.text("fetch-depth") || "1";
    const git = gitIn(folder, environment, job);

    await mkdir(folder, { recursive: true });
    await git("init", "--quiet");
    await git("remote", "add", "origin", `${server}/${name}`);
    await git("config", "--local", ...header);
    const limit = depth === "0" ? [] : [`--depth=${depth}`];
    await git("fetch", "--quiet", "--no-tags", ...limit, "origin", wanted);
    await git("checkout", "--quiet", ...branchOf(branch), "FETCH_HEAD");
    if (!inputs.flag("persist-credentials", true)) await git("config", "--local", "--unset-all", header[0]);
    return { ref: wanted };
  },
};

/** A branch is checked out as one, so that a step can push it; anything else without one. */
const branchOf = (ref: string): readonly string[] => {
  const branch = ref.replace(/^refs\/heads\//, "");
  const isCommit = /^[0-9a-f]{40}$/.test(ref) || ref === "HEAD" || branch.startsWith("refs/");
  return isCommit ? ["--detach"] : ["-B", branch];
};

type Git = (...args: readonly string[]) => Promise<void>;

const gitIn =
  (folder: string, environment: Readonly<Record<string, string>>, job: ActionJob): Git =>
  async (...args) => {
    const said: string[] = [];
    const { code } = await runScript({
      command: "git",
      arguments: args,
      directory: folder,
      environment: {
        ...environment,
        HOME: job.temporary,
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_TERMINAL_PROMPT: "0",
      },
      onLine: (line) => said.push(line),
      signal: job.signal,
    });
    if (code !== 0) throw new Error(`git ${args[0] ?? ""} failed: ${said.join(" ")}`);
  };
