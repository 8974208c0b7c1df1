package io.atoll.modes;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Arithmetic that knows loops and nothing else; one package does I/O. */
@AnalyzeClasses(packages = "io.atoll.modes", importOptions = ImportOption.DoNotIncludeTests.class)
class ModesArchitectureTest {

  @ArchTest
  static final ArchRule ONLY_THE_LEDGER_DOES_IO =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.atoll.modes.ledger..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.io..", "java.nio..", "net.openhft..");

  @ArchTest
  static final ArchRule METERING_AND_RATES_STAND_ALONE =
      classes()
          .that()
          .resideInAnyPackage("io.atoll.modes.meter..", "io.atoll.modes.rate..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("java..", "io.atoll.modes.meter..", "io.atoll.modes.rate..");

  @ArchTest
  static final ArchRule OF_THE_ENGINE_ONLY_LOOPS_ARE_KNOWN =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideInAPackage("io.atoll..")
                  .and(
                      not(
                          resideInAPackage("io.atoll.modes..")
                              .or(resideInAPackage("io.atoll.io.loop..")))));

  @ArchTest
  static final ArchRule TIME_COMES_FROM_OUTSIDE =
      noClasses()
          .should()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.time.Instant");

  @ArchTest
  static final ArchRule PACKAGES_HAVE_NO_CYCLES =
      slices().matching("io.atoll.modes.(*)..").should().beFreeOfCycles();
}
