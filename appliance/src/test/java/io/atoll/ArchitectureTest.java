package io.atoll;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import io.atoll.io.loop.Loop;

/** The arrows between the appliance's packages: what stands lower knows nothing of what uses it. */
@AnalyzeClasses(packages = "io.atoll", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule PROTOCOL_ARROWS =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .withOptionalLayers(true)
          .layer("xdr")
          .definedBy("io.atoll.xdr..")
          .layer("rpc")
          .definedBy("io.atoll.rpc..")
          .layer("wire")
          .definedBy("io.atoll.nfs4.wire..")
          .layer("state")
          .definedBy("io.atoll.nfs4.state..")
          .layer("op")
          .definedBy("io.atoll.nfs4.op..")
          .layer("compound")
          .definedBy("io.atoll.nfs4.compound..")
          .layer("mount")
          .definedBy("io.atoll.mount..")
          .layer("control")
          .definedBy("io.atoll.control..")
          .layer("api")
          .definedBy("io.atoll.api..")
          .layer("console")
          .definedBy("io.atoll.console..")
          .whereLayer("xdr")
          .mayNotAccessAnyLayer()
          .whereLayer("rpc")
          .mayOnlyAccessLayers("xdr")
          .whereLayer("wire")
          .mayOnlyAccessLayers("xdr", "rpc")
          .whereLayer("state")
          .mayOnlyAccessLayers("xdr", "wire")
          .whereLayer("op")
          .mayOnlyAccessLayers("xdr", "rpc", "wire", "state")
          .whereLayer("compound")
          .mayOnlyAccessLayers("xdr", "rpc", "wire", "state", "op");

  @ArchTest
  static final ArchRule FILE_SYSTEM_KNOWS_NO_PROTOCOL =
      noClasses()
          .that()
          .resideInAPackage("io.atoll.fs..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.atoll.xdr..", "io.atoll.rpc..", "io.atoll.nfs4..");

  @ArchTest
  static final ArchRule CLIENT_STATE_KNOWS_NO_FILE_SYSTEM =
      noClasses()
          .that()
          .resideInAPackage("io.atoll.nfs4.state..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.atoll.fs..");

  /** What a lease or a grace period is must not depend on what somebody sets a clock to. */
  @ArchTest
  static final ArchRule CLIENT_STATE_KNOWS_NO_WALL_CLOCK =
      noClasses()
          .that()
          .resideInAPackage("io.atoll.nfs4.state..")
          .should()
          .callMethod(Loop.class, "wallClockNanos")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .dependOnClassesThat()
          .resideInAPackage("java.time..");

  @ArchTest
  static final ArchRule PROTOCOL_USES_THE_FILE_SYSTEM_BY_ITS_INTERFACE =
      noClasses()
          .that()
          .resideInAnyPackage("io.atoll.xdr..", "io.atoll.rpc..", "io.atoll.nfs4..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.atoll.fs.store..", "io.atoll.zone..");

  @ArchTest
  static final ArchRule WHO_LISTENS_ALONE_KNOWS_VERTX =
      noClasses()
          .that()
          .resideInAnyPackage("io.atoll.xdr..", "io.atoll.rpc..", "io.atoll.nfs4..", "io.atoll.fs")
          .and()
          .doNotHaveSimpleName("RpcServer")
          .and()
          .doNotHaveSimpleName("Listener")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.vertx..");

  @ArchTest
  static final ArchRule PACKAGES_FORM_NO_CIRCLES =
      slices()
          .assignedFrom(
              new SliceAssignment() {
                @Override
                public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
                  String name = javaClass.getPackageName();
                  return name.startsWith("io.atoll.io") || name.startsWith("io.atoll.modes")
                      ? SliceIdentifier.ignore()
                      : SliceIdentifier.of(name);
                }

                @Override
                public String getDescription() {
                  return "packages of the appliance";
                }
              })
          .should()
          .beFreeOfCycles();
}
