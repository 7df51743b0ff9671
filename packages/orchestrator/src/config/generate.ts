import type { Setting } from "./setting.ts";
import { sections } from "./settings.ts";

const origin = "Generated from packages/orchestrator/src/config/settings by `npm run generate`";

/** The text of `.env.example`: every setting with its meaning, unset ones empty, defaults commented out. */
export const envExample = (): string =>
  [
    `# ${origin}: do not edit here.`,
    "# Copy it to .env and fill in what you need. An empty value is an unset one.",
    ...sections.flatMap(({ title, settings }) => [
      "",
      `## ${title}`,
      ...settings.flatMap(({ name, setting }) => ["", ...comment(setting), assignment(name, setting)]),
    ]),
    "",
  ].join("\n");

/** The text of `docs/environment.md`. */
export const environmentPage = (): string =>
  [
    "# Environment variables",
    "",
    `<!-- ${origin}: do not edit here. -->`,
    "",
    "All of the service's settings are environment variables, read once at start from the environment and from",
    "`.env` in the working directory; the environment wins. Empty is unset. Everything missing or malformed is",
    "reported in one message, and the process exits before it listens. `ai-implement config` prints what is in",
    "effect, secrets redacted, with where each value came from. The service starts when a code host and at least",
    "one tracker are configured. What belongs to a part that is not there yet (README.md, “Where it stands”) is",
    "checked all the same; it is refused at start or has no effect.",
    ...sections.flatMap(({ title, settings }) => [
      "",
      `## ${title}`,
      "",
      "| Variable | Value | Default | Meaning |",
      "|---|---|---|---|",
      ...settings.map(
        ({ name, setting }) =>
          `| \`${name}\` | ${cell(setting.kind.expects)}${setting.secret ? ", secret" : ""} | ${cell(defaultText(setting))} | ${cell(setting.meaning)} |`,
      ),
    ]),
    "",
  ].join("\n");

const cell = (text: string): string => text.replaceAll("|", "\\|");

const defaultText = (setting: Setting<unknown>): string => {
  if (setting.default !== null) return `\`${setting.default.text}\``;
  return setting.whenUnset === null ? "" : `unset: ${setting.whenUnset}`;
};

const comment = (setting: Setting<unknown>): readonly string[] => {
  const unset = setting.whenUnset === null ? "" : ` Unset: ${setting.whenUnset}.`;
  const fallback = setting.default === null ? "" : ` Default: ${setting.default.text}.`;
  return wrap(`${setting.meaning} Takes: ${setting.kind.expects}.${fallback}${unset}`.replaceAll("`", ""));
};

const assignment = (name: string, setting: Setting<unknown>): string =>
  setting.default === null ? `${name}=` : `# ${name}=${constantDefault(setting)}`;

/** Empty where it depends on the place: an example that is wrong for half its readers helps nobody. */
const constantDefault = ({ default: fallback }: Setting<unknown>): string => {
  if (fallback === null) return "";
  const everywhere = { production: true, interactive: false, port: "8080" };
  return fallback.of(everywhere) === fallback.text ? fallback.text : "";
};

/** Comment lines of at most 100 characters. */
const wrap = (text: string): readonly string[] => {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length + 1 > 100) lines.push(`# ${word}`);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
};
