/** `::name key=value,…::message`, as a step prints it to speak to the machine. */
export interface WorkflowCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/** Null: the line is nothing but a line. */
export const parseWorkflowCommand = (line: string): WorkflowCommand | null => {
  const match = /^\s*::([A-Za-z][\w-]*)(?:\s+([^:]*))?::(.*)$/s.exec(line);
  if (match === null) return null;
  const [, name = "", properties = "", message = ""] = match;
  const pairs = properties.split(",").flatMap((pair) => {
    const at = pair.indexOf("=");
    return at < 1 ? [] : [[pair.slice(0, at).trim(), unescaped(pair.slice(at + 1))] as const];
  });
  return {
    name: name.toLowerCase(),
    properties: Object.fromEntries(pairs),
    message: unescaped(message),
  };
};

const escapes: Readonly<Record<string, string>> = {
  "%0D": "\r",
  "%0A": "\n",
  "%3A": ":",
  "%2C": ",",
  "%25": "%",
};

const unescaped = (text: string): string =>
  text.replaceAll(/%(?:0D|0A|3A|2C|25)/gi, (code) => escapes[code.toUpperCase()] ?? code);
