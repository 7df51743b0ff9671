/** Something in a file of a repository that is not as it has to be, for the people who keep that repository. */
export interface SettingsProblem {
  readonly file: string;
  /** With its line, where it has one. */
  readonly problem: string;
  readonly fix: string;
}
