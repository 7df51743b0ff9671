const maxLength = 500;
const part = "[a-z0-9]+(?:[._-]+[a-z0-9]+)*";

/** `[registry[:port]/]path[:tag][@sha256:...]`, as the workflows take it. It never begins with a dash: it becomes an argument. */
const form = new RegExp(
  `^${part}(?::[0-9]{1,5})?(?:/${part})*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$`,
);

/** Names a container image; nothing else of any use could be meant by it. */
export const isImageName = (text: string): boolean => text.length <= maxLength && form.test(text);
