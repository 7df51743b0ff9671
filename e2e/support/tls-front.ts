import { mkdir, readFile, writeFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { execa } from "execa";

/** An address of this machine that its containers reach too; null: it has none but loopback. */
export const machineAddress = (): string | null =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === "IPv4" && !internal)?.address ?? null;

export interface Certificate {
  /** PEM, also the authority's own. */
  readonly file: string;
  readonly certificate: string;
  readonly key: string;
}

/** Signs itself, for one address and for a day. */
export const makeCertificate = async (directory: string, address: string): Promise<Certificate> => {
  await mkdir(directory, { recursive: true });
  const [file, key] = [join(directory, "front.crt"), join(directory, "front.key")];
  await execa("openssl", [
    ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=AI-Implement tests"],
    ...["-addext", `subjectAltName=IP:${address}`, "-keyout", key, "-out", file],
  ]);
  return { file, certificate: await readFile(file, "utf8"), key: await readFile(key, "utf8") };
};

export interface TlsFront {
  readonly url: string;
  close(): Promise<void>;
}

/** An emulator listens on loopback, in the clear: to the containers it has to look as vendors do. */
export const openTlsFront = async (
  target: string,
  address: string,
  { certificate, key }: Certificate,
): Promise<TlsFront> => {
  const { hostname, port } = new URL(target);
  const server = createServer({ cert: certificate, key }, (incoming, outgoing) => {
    const onward = httpRequest(
      { hostname, port, method: incoming.method, path: incoming.url, headers: incoming.headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    onward.once("error", () => outgoing.destroy());
    outgoing.once("close", () => onward.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  return {
    url: `https://${address}:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

/** For an image of the tests: it trusts the certificate, as an operator's own image trusts the operator's. */
export const writeTrustingDockerfile = async (
  directory: string,
  base: string,
  { certificate }: Certificate,
): Promise<string> => {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, "tests.crt"), certificate);
  const file = join(directory, "Dockerfile");
  await writeFile(
    file,
    [
      `FROM ${base}`,
      "COPY tests.crt /usr/local/share/ca-certificates/tests.crt",
      "RUN update-ca-certificates",
      "ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt",
      "",
    ].join("\n"),
  );
  return file;
};
