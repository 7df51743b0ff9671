/** Not a shell that this machine has. */
export class ShellError extends Error {
  override readonly name = "ShellError";
}

/**
 * The command line of a step's shell, with the script's file where GitHub writes `{0}`.
 * @param shell null: none is given; then it is bash, and sh in a container
 * @throws ShellError
 */
export const shellCommand = (
  shell: string | null,
  script: string,
  inContainer: boolean,
): { readonly command: string; readonly arguments: readonly string[] } => {
  const line = commandLine(shell ?? (inContainer ? "sh" : null));
  const [command = "", ...rest] = line.split(/\s+/).filter((part) => part !== "");
  return { command, arguments: rest.map((part) => part.replaceAll("{0}", script)) };
};

const commandLine = (shell: string | null): string => {
  switch (shell) {
    case null:
      return "bash -e {0}";
    case "bash":
      return "bash --noprofile --norc -eo pipefail {0}";
    case "sh":
      return "sh -e {0}";
    case "python":
      return "python3 {0}";
    default:
      if (!shell.includes("{0}")) throw new ShellError(`The shell ${shell} is not emulated`);
      return shell;
  }
};
