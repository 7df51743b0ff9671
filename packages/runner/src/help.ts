export const helpText = `The runner: one attempt of AI-Implement, inside its sandbox.

Started by an executor, it claims its attempt from the orchestrator and reports to it:
  AI_IMPLEMENT_RUN_ID            id of the attempt, a UUIDv7
  AI_IMPLEMENT_ATTEMPT_DIR       an existing folder of this attempt alone
  AI_IMPLEMENT_ORCHESTRATOR_URL  where to claim it and report to
  AI_IMPLEMENT_CLAIM_TOKEN       good for one claim of this attempt. Without it the job's identity is the proof, on
                                 GitHub Actions with "permissions: id-token: write":
  ACTIONS_ID_TOKEN_REQUEST_URL   where the identity token is had; its audience is the orchestrator's URL
  ACTIONS_ID_TOKEN_REQUEST_TOKEN what to ask for it with
  AI_IMPLEMENT_RESULT_DIR        gets result.json before the result is sent (optional)

Without AI_IMPLEMENT_ORCHESTRATOR_URL it calls nobody (detached):
  AI_IMPLEMENT_RUN_ID, AI_IMPLEMENT_ATTEMPT_DIR as above
  AI_IMPLEMENT_JOB               the job as JSON, or
  AI_IMPLEMENT_JOB_FILE          a file that holds it: one variable has room for 128 KiB
  AI_IMPLEMENT_GIT_TOKEN         password of git over https, for clone and push
  AI_IMPLEMENT_RESULT_DIR        gets result.json, whatever the outcome; required
  AI_IMPLEMENT_MAX_TURNS         upper bounds of the job's own limits, which count where they are lower.
  AI_IMPLEMENT_MAX_ITERATIONS      A job that was claimed brings its limits: these do not count there.

For both, where the job says nothing itself:
  CLAUDE_CODE_OAUTH_TOKEN        the model's credential; wins over the next
  ANTHROPIC_API_KEY              the same
  ANTHROPIC_BASE_URL             another address of the model's API; https, or http to this machine
  OPENAI_API_KEY                 the model's credential where the agent is Codex
  OPENAI_BASE_URL                another address of its API, likewise
  AI_IMPLEMENT_AGENT_COMMAND     path of the agent's CLI (default: claude or codex, on PATH)
  AWS_BEDROCK_ROLE_ARN           with provider bedrock: the role that may use the models, taken with the job's
                                 identity (ACTIONS_ID_TOKEN_REQUEST_URL and _TOKEN; audience sts.amazonaws.com)
  AI_IMPLEMENT_AWS_REGION        with provider bedrock
  AI_IMPLEMENT_STS_URL           another address of AWS STS; https, or http to this machine
  AI_IMPLEMENT_LOG_LEVEL         summary (default): the steps on standard error; stream: also what the agent does.
                                 Anything else counts as summary

Started by hand, it takes one job through the pipeline on a local checkout; the changes stay in it:
  --job <file.json>    the job; "-" reads it from standard input, so that its credential is in no file
  --workspace <dir>    a git checkout with at least one commit
  --artifacts <dir>    gets report.json, steps.json, plan.md or summary.md, diff.patch and activity.log
The model's credential and command come from the environment as above where the job has none. Progress goes to
standard error, the path of report.json to standard output.

Exit codes:
  0  the report was delivered (detached: written), be it of a success or a failure (local: the outcome is not "failed")
  1  local: the outcome is "failed"
  2  wrong usage; detached: the job cannot be used, and result.json says why
  3  the claim was refused: somebody else holds the attempt, or it is over; nothing was spent
  4  the orchestrator was not reached, or did not take the report: report.json stays in the attempt's folder
     (detached: result.json could not be written)
`;
