package io.atoll.io;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.atoll.io.ring.AtollTransport;
import io.atoll.io.volume.BlockRun;

/** The arrows between the engine's packages, and the one door to what Vert.x keeps internal. */
@AnalyzeClasses(packages = "io.atoll.io", importOptions = ImportOption.DoNotIncludeTests.class)
class EngineArchitectureTest {

  @ArchTest
  static final ArchRule VERTX_INTERNALS_ARE_BEHIND_ONE_CLASS =
      noClasses()
          .that()
          .doNotBelongToAnyOf(AtollTransport.class)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.vertx.core.impl..", "io.vertx.core.internal..", "io.vertx.core.spi..");

  @ArchTest
  static final ArchRule NETTY_INTERNALS_ARE_LEFT_ALONE =
      noClasses().should().dependOnClassesThat().resideInAPackage("io.netty.util.internal..");

  @ArchTest
  static final ArchRule PACKAGES_HAVE_NO_CYCLES =
      slices()
          .matching("io.atoll.io.(*)..")
          .should()
          .beFreeOfCycles()
          // The value that a volume speaks to its users of, and to its space map.
          .ignoreDependency(resideInAPackage("io.atoll.io.space.."), type(BlockRun.class));

  @ArchTest
  static final ArchRule THE_ENGINE_KNOWS_NOTHING_ABOVE_IT =
      classes()
          .should()
          .onlyDependOnClassesThat(
              resideInAPackage("io.atoll.io..").or(not(resideInAPackage("io.atoll.."))));

  @ArchTest
  static final ArchRule BUFFERS_LINUX_AND_LOOPS_STAND_ALONE =
      noClasses()
          .that()
          .resideInAnyPackage("io.atoll.io.buffer..", "io.atoll.io.linux..", "io.atoll.io.loop..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.atoll.io.disk..",
              "io.atoll.io.ring..",
              "io.atoll.io.worker..",
              "io.atoll.io.runtime..");

  @ArchTest
  static final ArchRule DISK_IS_WHAT_OTHERS_IMPLEMENT =
      noClasses()
          .that()
          .resideInAPackage("io.atoll.io.disk..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.atoll.io.loop..",
              "io.atoll.io.ring..",
              "io.atoll.io.worker..",
              "io.atoll.io.runtime..",
              "io.atoll.io.volume..");

  @ArchTest
  static final ArchRule ONLY_THE_RUNTIME_CHOOSES_A_DISK =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "io.atoll.io.ring..", "io.atoll.io.worker..", "io.atoll.io.runtime..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.atoll.io.ring..", "io.atoll.io.worker..");
}
