/** What git takes for binary: a NUL among its first 8,000 bytes. What is no UTF-8 is one to a reviewer as well. */
export const isBinary = (bytes: string): boolean => {
  if (bytes.slice(0, 8_000).includes("\0")) return true;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(bytes, "latin1"));
    return false;
  } catch {
    return true;
  }
};

/** By the ends of names, how such a file begins: `offset` bytes in. */
const assets: readonly { readonly name: RegExp; readonly offset: number; readonly begins: string }[] = [
  { name: /\.png$/i, offset: 0, begins: "\x89PNG\r\n\x1a\n" },
  { name: /\.jpe?g$/i, offset: 0, begins: "\xff\xd8\xff" },
  { name: /\.gif$/i, offset: 0, begins: "GIF8" },
  { name: /\.webp$/i, offset: 8, begins: "WEBP" },
  { name: /\.avif$/i, offset: 4, begins: "ftypavif" },
  { name: /\.ico$/i, offset: 0, begins: "\x00\x00\x01\x00" },
  { name: /\.woff$/i, offset: 0, begins: "wOFF" },
  { name: /\.woff2$/i, offset: 0, begins: "wOF2" },
  { name: /\.ttf$/i, offset: 0, begins: "\x00\x01\x00\x00" },
  { name: /\.otf$/i, offset: 0, begins: "OTTO" },
];

/** An image or a font, by its name and by its beginning: what is looked at rather than read, and is run by nothing. */
export const isKnownAsset = (path: string, bytes: string): boolean =>
  assets.some(({ name, offset, begins }) => name.test(path) && bytes.startsWith(begins, offset));
