import { type Loopback, type LoopbackAnswer, type SeenRequest, startLoopback } from "./loopback.ts";

export interface GithubOfTokens extends Loopback {
  /** `GITHUB_API_URL`. */
  readonly apiUrl: string;
}

/** GitHub as far as a run without callbacks asks it: earlier runs, tokens of the App, their revocation. */
export const startGithubOfTokens = async (
  earlierRuns: readonly { readonly id: number; readonly display_title: string }[] = [],
): Promise<GithubOfTokens> => {
  const server = await startLoopback((request) => answerTo(request, earlierRuns));
  return { ...server, apiUrl: `${server.url}/api/v3` };
};

const answerTo = ({ method, url }: SeenRequest, earlierRuns: readonly object[]): LoopbackAnswer => {
  const [path = ""] = url.replace("/api/v3", "").split("?");
  switch (`${method} ${path}`) {
    case "GET /repos/acme/tally/installation":
      return { status: 200, body: { id: 77 } };
    case "POST /app/installations/77/access_tokens":
      return { status: 201, body: { token: "ghs_minted_for_tally" } };
    case "DELETE /installation/token":
      return { status: 204, body: null };
    default:
      return path.endsWith("/runs")
        ? { status: 200, body: { workflow_runs: earlierRuns } }
        : { status: 404, body: {} };
  }
};
