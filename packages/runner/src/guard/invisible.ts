import { stripVTControlCharacters } from "node:util";

/** Default-ignorable characters of Unicode: zero-width spaces and joiners, bidirectional controls, variation selectors, tags. */
export const invisible = /\p{Default_Ignorable_Code_Point}/gu;

/** As a person sees it: without terminal escapes and without characters that take no place. */
export const withoutInvisible = (text: string): string =>
  stripVTControlCharacters(text).replace(invisible, "");
