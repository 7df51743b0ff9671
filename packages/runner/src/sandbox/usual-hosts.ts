/**
 * Where the usual package managers get packages from, and the toolchains that build them. None is here to which whoever
 * wrote a ticket could send what they like with an account of their own and no more than a request: code hosts and object
 * stores are for an operator to add.
 */
export const usualHosts: readonly string[] = [
  // npm, pnpm, Yarn, and the headers that native modules are built against
  "registry.npmjs.org",
  "registry.yarnpkg.com",
  "repo.yarnpkg.com",
  "nodejs.org",
  // Python
  "pypi.org",
  "files.pythonhosted.org",
  // Rust
  "crates.io",
  "index.crates.io",
  "static.crates.io",
  "static.rust-lang.org",
  // Ruby
  "rubygems.org",
  "index.rubygems.org",
  // Go
  "proxy.golang.org",
  "sum.golang.org",
  // Java, Kotlin, Scala
  "repo.maven.apache.org",
  "repo1.maven.org",
  "plugins.gradle.org",
  "services.gradle.org",
  // .NET
  "api.nuget.org",
  // PHP
  "repo.packagist.org",
  // Elixir, Erlang
  "repo.hex.pm",
  "builds.hex.pm",
  // Dart
  "pub.dev",
  // Debian, Ubuntu, Alpine
  "deb.debian.org",
  "security.debian.org",
  "archive.ubuntu.com",
  "security.ubuntu.com",
  "dl-cdn.alpinelinux.org",
];
