import { type DetachedJob, detachedJobSchema, type Job } from "@ai-implement/contracts";

/** The job without anything that opens a door: whoever may read the workflow run reads its inputs (§8.4, §11.1). Pure. */
export const detach = (job: Job): DetachedJob => {
  // What an operator changed about the pipelines has no room in the inputs: there it comes with the image.
  const { runToken: _runToken, custom: _custom, repository, agent, ...content } = job;
  const { credential: _credential, ...place } = repository;
  return detachedJobSchema.parse({ ...content, repository: place, agent: withoutKeys(agent) });
};

const withoutKeys = (agent: Job["agent"]): Job["agent"] => {
  switch (agent.kind) {
    case "claude-code": {
      const { apiKey: _apiKey, oauthToken: _oauthToken, ...settings } = agent;
      return settings;
    }
    case "codex": {
      const { apiKey: _apiKey, ...settings } = agent;
      return settings;
    }
    case "scripted":
      return agent;
  }
};
