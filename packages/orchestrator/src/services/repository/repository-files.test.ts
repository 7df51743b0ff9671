import { beforeEach, describe, expect, it } from "vitest";
import { minutes, seconds } from "../../core/time.ts";
import { hang, refusal, transient } from "../testing/faults.ts";
import { createRecordingLogger, type RecordingLogger } from "../testing/recording-logger.ts";
import { adaptersOf, createWorld, type World } from "../testing/world.ts";
import { createRepositoryFiles, type RepositoryFiles } from "./repository-files.ts";

const repository = { forge: "local", owner: "acme", name: "shop", defaultBranch: "main" } as const;
const image = ".ai-implement/image.yml";

describe("the image of a run (§8.4)", () => {
  let world: World;
  let logger: RecordingLogger;
  let files: RepositoryFiles;
  beforeEach(() => {
    world = createWorld();
    logger = createRecordingLogger();
    files = filesWith("ghcr.io/acme/default:1");
  });
  const filesWith = (sessionImage: string | null, patienceMs?: number): RepositoryFiles => {
    const adapters = adaptersOf(world);
    const patience = patienceMs === undefined ? {} : { patienceMs };
    return createRepositoryFiles({ adapters, clock: world.clock, logger, sessionImage, ...patience });
  };
  const write = (text: string | null) => world.forge.files.write(repository, image, text);

  it("is the repository's own, else SESSION_IMAGE, else the executor's", async () => {
    expect(await files.imageFor(repository, "github-actions")).toBe("ghcr.io/acme/default:1");
    expect(await filesWith(null).imageFor(repository, "github-actions")).toBeNull();
    write("image: ghcr.io/acme/shop:2\n");
    expect(await filesWith(null).imageFor(repository, "github-actions")).toBe("ghcr.io/acme/shop:2");
  });

  it("is the repository's own, else LOCAL_RUNNER_IMAGE, which the docker executor knows itself (§4.1)", async () => {
    expect(await files.imageFor(repository, "docker")).toBeNull();
    write("image: ghcr.io/acme/shop:2\n");
    expect(await filesWith("ghcr.io/acme/default:1").imageFor(repository, "docker")).toBe(
      "ghcr.io/acme/shop:2",
    );
  });

  it("is not one that a bad file names: it falls back, and the log says why", async () => {
    write("image: --privileged\n");
    expect(await files.imageFor(repository, "github-actions")).toBe("ghcr.io/acme/default:1");
    expect(logger.lines).toMatchObject([{ level: "warn", fields: { repository: "acme/shop", file: image } }]);
  });

  it("is asked for every five minutes at most, however many runs begin at once", async () => {
    write("image: ghcr.io/acme/shop:2\n");
    const asked = await Promise.all([1, 2, 3].map(() => files.imageFor(repository, "github-actions")));
    expect(new Set(asked)).toEqual(new Set(["ghcr.io/acme/shop:2"]));
    write("image: ghcr.io/acme/shop:3\n");
    world.clock.pass(minutes(5) - 1);
    expect(await files.imageFor(repository, "github-actions")).toBe("ghcr.io/acme/shop:2");
    world.clock.pass(1);
    expect(await files.imageFor(repository, "github-actions")).toBe("ghcr.io/acme/shop:3");
  });

  it("is read once by all who ask at the same time", async () => {
    write("image: ghcr.io/acme/shop:2\n");
    // Of three looks, two would find it.
    world.forge.faults.next("readFile", { kind: "transient" });
    const asked = await Promise.all([1, 2, 3].map(() => files.imageFor(repository, "github-actions")));
    expect(new Set(asked)).toEqual(new Set(["ghcr.io/acme/default:1"]));
    expect(logger.lines).toHaveLength(1);
  });

  it("stays the last good one while the code host fails, which is asked again after a minute", async () => {
    write("image: ghcr.io/acme/shop:2\n");
    await files.imageFor(repository, "github-actions");
    world.clock.pass(minutes(6));
    for (const fault of [transient, refusal]) {
      world.forge.faults.next("readFile", fault);
      expect(await files.imageFor(repository, "github-actions")).toBe("ghcr.io/acme/shop:2");
      world.clock.pass(minutes(1));
    }
    write("image: ghcr.io/acme/shop:3\n");
    expect(await files.imageFor(repository, "github-actions")).toBe("ghcr.io/acme/shop:3");
  });

  it("is not waited for without end: a dispatch goes on without it", async () => {
    files = filesWith("ghcr.io/acme/default:1", 20);
    write("image: ghcr.io/acme/shop:2\n");
    world.forge.faults.next("readFile", hang);
    expect(await files.imageFor(repository, "github-actions")).toBe("ghcr.io/acme/default:1");
    world.clock.pass(seconds(60));
    expect(await files.imageFor(repository, "github-actions")).toBe("ghcr.io/acme/shop:2");
  });

  it("needs no code host that is not configured", async () => {
    expect(await files.imageFor({ ...repository, forge: "github" }, "github-actions")).toBe(
      "ghcr.io/acme/default:1",
    );
  });

  it("is looked at afresh for people, and counts for the next run then", async () => {
    write("image: ghcr.io/acme/shop:2\n");
    await files.imageFor(repository, "github-actions");
    write("image: ghcr.io/acme/shop:3\n");
    expect(await files.check(repository)).toEqual({
      image: "ghcr.io/acme/shop:3",
      problems: [],
      checkedAt: world.clock.now(),
      error: null,
    });
    expect(await files.imageFor(repository, "github-actions")).toBe("ghcr.io/acme/shop:3");
  });

  it("is shown with everything that is wrong with both files", async () => {
    write("image: a b\n");
    world.forge.files.write(repository, ".ai-implement/config.yml", "\npackageManager: bun\nspeed: fast\n");
    const { problems, error, image: used } = await files.check(repository);
    expect({ error, used }).toEqual({ error: null, used: null });
    expect(problems.map(({ file, problem }) => `${file} ${problem}`)).toEqual([
      expect.stringMatching(/^\.ai-implement\/image\.yml line 1: image: /),
      expect.stringMatching(/^\.ai-implement\/config\.yml line 2: packageManager: /),
    ]);
  });

  it("is shown with why it could not be looked at, and with what was known before", async () => {
    write("image: ghcr.io/acme/shop:2\n");
    await files.imageFor(repository, "github-actions");
    world.forge.faults.always("readFile", transient);
    expect(await files.check(repository)).toMatchObject({
      image: "ghcr.io/acme/shop:2",
      error: expect.stringContaining("503") as unknown,
    });
  });
});
