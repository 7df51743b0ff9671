/** What the first bytes of a connection say about whom they are for. */
type Greeting =
  /** As far as they go, it may be TLS. */
  | { readonly kind: "incomplete" }
  | { readonly kind: "tls"; readonly serverName: string | null; readonly isEncrypted: boolean }
  | { readonly kind: "other" }
  /** It begins like TLS and is none. */
  | { readonly kind: "broken" };

/** Of a record's header: type, version, length; and of a handshake message's: type, length. */
const recordHeader = 5;
const messageHeader = 4;
const handshakeRecord = 22;
const clientHelloMessage = 1;
/** RFC 6066 and RFC 9849. */
const serverNameExtension = 0;
const encryptedHelloExtension = 0xfe0d;

/** Reads the name out of a ClientHello (RFC 8446, 4.1.2), in however many records it comes. */
export const readGreeting = (bytes: Buffer): Greeting => {
  if (bytes.length === 0) return { kind: "incomplete" };
  if (bytes[0] !== handshakeRecord) return { kind: "other" };
  try {
    const message = firstMessage(bytes);
    return message === null ? { kind: "incomplete" } : helloOf(message);
  } catch (error) {
    // A length that leads out of the message.
    if (error instanceof RangeError) return { kind: "broken" };
    throw error;
  }
};

/** Null: more has to come. @throws RangeError */
const firstMessage = (bytes: Buffer): Buffer | null => {
  const pieces: Buffer[] = [];
  let from = 0;
  while (bytes.length - from >= recordHeader) {
    const length = bytes.readUInt16BE(from + 3);
    if (bytes[from] !== handshakeRecord || bytes[from + 1] !== 3 || length === 0) throw new RangeError();
    pieces.push(bytes.subarray(from + recordHeader, from + recordHeader + length));
    from += recordHeader + length;
  }
  const joined = Buffer.concat(pieces);
  if (joined.length < messageHeader) return null;
  if (joined[0] !== clientHelloMessage) throw new RangeError();
  const end = messageHeader + joined.readUIntBE(1, 3);
  return joined.length < end ? null : joined.subarray(messageHeader, end);
};

/** @throws RangeError */
const helloOf = (message: Buffer): Greeting => {
  let at = 2 + 32;
  at += 1 + message.readUInt8(at);
  at += 2 + message.readUInt16BE(at);
  at += 1 + message.readUInt8(at);
  let serverName: string | null = null;
  let isEncrypted = false;
  // Without extensions it ends here.
  const end = at === message.length ? at : at + 2 + message.readUInt16BE(at);
  if (end > message.length) throw new RangeError();
  for (at += 2; at < end; ) {
    const type = message.readUInt16BE(at);
    const length = message.readUInt16BE(at + 2);
    at += 4;
    if (at + length > end) throw new RangeError();
    // A second one would leave it to the server which of them counts.
    if (type === serverNameExtension && serverName !== null) throw new RangeError();
    if (type === serverNameExtension) serverName = nameOf(message.subarray(at, at + length));
    if (type === encryptedHelloExtension) isEncrypted = true;
    at += length;
  }
  return { kind: "tls", serverName, isEncrypted };
};

/** One host name, which is all that there ever was to name. @throws RangeError */
const nameOf = (extension: Buffer): string => {
  const length = extension.readUInt16BE(3);
  if (extension.readUInt16BE(0) !== length + 3 || extension.length !== length + 5 || extension[2] !== 0)
    throw new RangeError();
  return extension.toString("latin1", 5);
};
