import type { Rule } from "./findings.ts";

/** Files that do something by being there, to whoever checks them out or to the repository itself. */
export interface ApprovalRule {
  readonly rule: Rule;
  readonly what: string;
  /** Globs (picomatch) of the whole path; case does not count, dot files match. A folder's is written `folder/**`. */
  readonly patterns: readonly string[];
}

/**
 * What a person has to agree to before it is published (§11.4), beside a project's `protectedPaths`. What a repository runs when
 * somebody tells it to (scripts, package.json, Makefile) is not here: that is what a ticket is about, and a review reads it.
 */
export const approvalRules: readonly ApprovalRule[] = [
  {
    rule: "ci",
    what: "runs with the repository's own secrets as soon as it is pushed, or says who must review",
    patterns: [
      ".github/**",
      "{,docs/}CODEOWNERS",
      ".gitlab-ci.{yml,yaml}",
      ".gitlab/**",
      ".circleci/**",
      ".buildkite/**",
      ".woodpecker{,.yml,.yaml}{,/**}",
      ".drone.{yml,yaml}",
      ".travis.yml",
      ".cirrus.{yml,star}",
      "azure-pipelines.{yml,yaml}",
      "bitbucket-pipelines.yml",
      "Jenkinsfile",
    ],
  },
  {
    rule: "agent-settings",
    what: "tells agents what to do or what they may, the next run's included",
    patterns: [
      "**/.claude{,/**}",
      "**/{CLAUDE,CLAUDE.local,AGENTS,AGENTS.override,GEMINI}.md",
      "**/.mcp.json",
      "**/.codex{,/**}",
      "**/.gemini{,/**}",
      "**/.cursor{,/**}",
      "**/.{cursorrules,windsurfrules,clinerules}{,/**}",
      "**/.windsurf{,/**}",
      "**/.aider*",
      ".ai-implement{,/**}",
      "{WORKFLOW,PLANNING}.md",
    ],
  },
  {
    rule: "editor-settings",
    what: "is run or obeyed by editors when the folder is opened",
    patterns: [
      "**/.vscode/{tasks,settings,launch,extensions,mcp}.json",
      "**/*.code-workspace",
      "**/.devcontainer{,/**}",
      "**/.devcontainer.json",
      "**/.idea/**",
      "**/.envrc",
    ],
  },
  {
    rule: "git-hooks",
    what: "is run by git on the machine of whoever commits",
    patterns: [
      "**/.husky{,/**}",
      "**/.{githooks,git-hooks}{,/**}",
      "**/.huskyrc*",
      "**/.pre-commit-config.{yml,yaml}",
      "**/{,.}lefthook*.{yml,yaml,toml,json}",
      "**/.lintstagedrc*",
      "**/.overcommit.yml",
    ],
  },
  {
    rule: "git-settings",
    what: "changes what git shows of files, or where it fetches them from",
    patterns: ["**/.gitattributes", "**/.gitmodules", "**/.gitconfig", "**/.lfsconfig"],
  },
];
