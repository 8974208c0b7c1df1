package io.atoll;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.fs.store.StoreMutants;
import io.atoll.io.cache.CacheMutants;
import io.atoll.io.sim.Mutant;
import io.atoll.io.volume.VolumeMutants;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * All mutants: the code with one rule broken at a time, each of which its simulation must notice
 * within a bounded number of seeds. Prints them with the seeds that it took.
 */
class MutantsTest {
  private static final List<String> TABLE = new ArrayList<>();

  @TestFactory
  Stream<DynamicTest> everyMutantIsCaught() {
    return Stream.of(VolumeMutants.all(), CacheMutants.all(), StoreMutants.all())
        .flatMap(List::stream)
        .map(mutant ->
            DynamicTest.dynamicTest(mutant.part() + " " + mutant.broken(), () -> check(mutant)));
  }

  private static void check(Mutant mutant) {
    long seeds = mutant.seedsToCatch();
    TABLE.add(
        "| %s | %s | %s | %d |"
            .formatted(
                mutant.part(), mutant.broken(), seeds == 0 ? "none" : seeds, mutant.maxSeeds()));
    assertTrue(seeds > 0, mutant + " is not caught");
  }

  @AfterAll
  static void print() {
    System.out.println("| part | what the mutant does | seeds to catch | bound |");
    System.out.println("| --- | --- | ---: | ---: |");
    TABLE.forEach(System.out::println);
  }
}
