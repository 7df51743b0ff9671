/** A working folder, and the git directory by which we look at it. */
export interface Place {
  readonly directory: string;
  readonly gitDirectory: string;
}

export const inCheckout = ({ directory, gitDirectory }: Place): readonly string[] => [
  `--git-dir=${gitDirectory}`,
  `--work-tree=${directory}`,
];
