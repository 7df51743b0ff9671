import { randomBytes } from "node:crypto";

/** A credential that opens nothing, planted where one might lie: whatever shows it was taken from there (§11.4). */
export interface Canary {
  /** The environment variable that holds it. */
  readonly name: string;
  readonly value: string;
}

/** Programs that ask for a token of this name would be refused with it: none of the usual ones does. */
const name = "RELEASE_SERVICE_TOKEN";

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** In the form of a GitHub token (`ghp_` and 36 letters and digits), which every scanner knows, at the forge as well. */
export const createCanary = (random: (size: number) => Uint8Array = randomBytes): Canary => ({
  name,
  value: `ghp_${[...random(36)].map((byte) => digits.charAt(byte % digits.length)).join("")}`,
});
