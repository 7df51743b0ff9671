const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** `https`, or `http` to this very machine: nothing else may be sent a credential (§4.1). */
export const isSecureUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === "https:" || (protocol === "http:" && loopback.test(hostname));
};
