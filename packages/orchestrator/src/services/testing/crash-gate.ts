/** What every call of a dead process meets: nothing that it does reaches anybody. */
export class Crash extends Error {
  override readonly name = "Crash";
}

/** One life of our process. Everything that it reaches the world through is wrapped by it. */
export interface MortalProcess {
  readonly dead: boolean;
  /** The same object, each of whose calls is two crash points: before it, and after it is done but not answered. */
  wrap<Port extends object>(name: string, port: Port): Port;
}

export interface CrashGate {
  /** The crash points that were passed so far, over all processes. */
  readonly points: number;
  /** Where the processes died: `before store.commit`, `after forge.publish`. */
  readonly crashes: readonly string[];
  begin(): MortalProcess;
}

/** Kills the process that is alive when one of these points is reached; the first point is 1. */
export const createCrashGate = (crashAt: readonly number[]): CrashGate => {
  const deadly = new Set(crashAt);
  const crashes: string[] = [];
  let points = 0;

  const begin = (): MortalProcess => {
    let dead = false;
    const pass = (point: string): void => {
      if (!dead) {
        points += 1;
        dead = deadly.has(points);
        if (dead) crashes.push(point);
      }
      if (dead) throw new Crash(`The process died ${point}.`);
    };
    const call = async (name: string, work: () => unknown): Promise<unknown> => {
      pass(`before ${name}`);
      const answer = await work();
      pass(`after ${name}`);
      return answer;
    };
    const wrap = <Port extends object>(name: string, port: Port): Port =>
      new Proxy(port, {
        get(target, property) {
          const value: unknown = Reflect.get(target, property);
          const path = `${name}.${String(property)}`;
          if (typeof value === "function")
            return (...given: readonly unknown[]) =>
              call(path, (): unknown => Reflect.apply(value, target, given));
          return typeof value === "object" && value !== null ? wrap(path, value) : value;
        },
      });
    return {
      get dead() {
        return dead;
      },
      wrap,
    };
  };

  return {
    get points() {
      return points;
    },
    crashes,
    begin,
  };
};
