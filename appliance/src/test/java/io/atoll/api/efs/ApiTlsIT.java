package io.atoll.api.efs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.atoll.cli.ExitCode;
import io.atoll.io.testing.EitherIo;
import io.atoll.process.AtollProcess;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The API over TLS, as the AWS CLI and the node's own commands use it. */
@EitherIo
class ApiTlsIT {
  private static final char[] PASSWORD = "password".toCharArray();
  private static final Base64.Encoder PEM = Base64.getMimeEncoder(64, new byte[] {'\n'});

  @TempDir private Path directory;

  private Path certificate() {
    return directory.resolve("cert.pem");
  }

  private Path key() {
    return directory.resolve("key.pem");
  }

  /** A certificate that signs itself, and its key, in PEM. */
  private void makeCertificate() throws Exception {
    Path store = directory.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "node",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=atoll",
                "-ext",
                "SAN=ip:127.0.0.1,dns:localhost",
                "-validity",
                "30",
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("keytool.txt").toFile())
            .start();
    assertTrue(keytool.waitFor(1, TimeUnit.MINUTES));
    assertEquals(0, keytool.exitValue(), Files.readString(directory.resolve("keytool.txt")));
    KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD);
    write(certificate(), "CERTIFICATE", keys.getCertificate("node").getEncoded());
    write(key(), "PRIVATE KEY", keys.getKey("node", PASSWORD).getEncoded());
  }

  private static void write(Path file, String what, byte[] content) throws Exception {
    Files.writeString(
        file,
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(what, PEM.encodeToString(content), what));
  }

  @Test
  void theAwsCliTrustsTheNodesCertificateAndNothingElse() throws Exception {
    assumeTrue(AwsCli.isAvailable(), "the AWS CLI is not here: apt-get install awscli");
    makeCertificate();
    try (AtollProcess node =
        AtollProcess.start(
            "serve",
            "--data=" + directory.resolve("data"),
            "--nfs=127.0.0.1:0",
            "--api-cert=" + certificate(),
            "--api-key=" + key())) {
      node.awaitReady();
      String endpoint = AtollProcess.field(node.output(), "EFS API");
      assertTrue(endpoint.startsWith("https://127.0.0.1:"), endpoint);
      String[] pair = AtollProcess.field(node.output(), "access key").split(" ", -1);
      AwsCli aws = new AwsCli(directory, endpoint, pair[0], pair[1]);
      String bundle = certificate().toString();
      String made =
          aws.ok("--ca-bundle", bundle, "efs", "create-file-system", "--creation-token", "tls")
              .get("FileSystemId")
              .asText();
      assertEquals(
          made,
          aws.ok("--ca-bundle", bundle, "efs", "describe-file-systems", "--creation-token", "tls")
              .at("/FileSystems/0/FileSystemId")
              .asText());
      AwsCli.Told untrusted = aws.run("efs", "describe-file-systems");
      assertNotEquals(0, untrusted.exitCode());
      assertTrue(untrusted.output().contains("SSL validation failed"), untrusted.output());
      URI plain = URI.create(endpoint.replace("https", "http"));
      AwsCli.Told inTheClear =
          new AwsCli(directory, plain.toString(), pair[0], pair[1])
              .run("efs", "describe-file-systems");
      assertNotEquals(0, inTheClear.exitCode(), inTheClear.output());
      try (AtollProcess list =
          AtollProcess.start("fs", "list", "--data=" + directory.resolve("data"))) {
        assertEquals(ExitCode.OK, list.awaitExit(), list.output());
        assertTrue(list.output().contains(made), list.output());
      }
      node.terminate();
      assertEquals(ExitCode.OK, node.awaitExit(), node.output());
    }
  }
}
