package io.atoll.io.testing;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.platform.commons.annotation.Testable;

/**
 * Whatever test uses real disks or sockets, itself or by its fixtures, is marked {@link EitherIo},
 * so that the full profile runs it on NIO too, or is an exception with a reason.
 */
public final class EitherIoRule {
  /** Who depends on one of these uses real disks or sockets. */
  private static final Set<String> REAL =
      Set.of(
          "io.atoll.io.runtime.EngineRuntime",
          "io.atoll.io.testing.IoUnderTest",
          "io.atoll.process.AtollProcess");

  private EitherIoRule() {}

  /**
   * What breaks the rule among the compiled tests of a module: one line each, none if it holds.
   *
   * @param anyOfThem a class among these tests
   * @param exceptions the simple name of a class, or of a class and a method ({@code
   *     SomeTest.method}), and the reason why it stands for one way of I/O alone
   */
  public static List<String> violations(Class<?> anyOfThem, Map<String, String> exceptions) {
    return violations(new ClassFileImporter().importPath(placeOf(anyOfThem)), exceptions);
  }

  private static Path placeOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("where " + type + " comes from", e);
    }
  }

  static List<String> violations(Collection<JavaClass> tests, Map<String, String> exceptions) {
    Set<JavaClass> users = usersOfRealIo(tests);
    Set<String> unused = new HashSet<>(exceptions.keySet());
    Set<String> broken = new TreeSet<>();
    for (JavaClass test : users) {
      if (test.getModifiers().contains(JavaModifier.ABSTRACT)) {
        continue; // its subclasses are looked at
      }
      testMethods(test)
          .filter(method -> !isMarked(test) && !method.isAnnotatedWith(EitherIo.class))
          .forEach(method -> {
            String name = test.getSimpleName() + "." + method.getName();
            boolean excepted =
                exceptions.containsKey(test.getSimpleName()) || exceptions.containsKey(name);
            unused.remove(test.getSimpleName());
            unused.remove(name);
            if (!excepted) {
              broken.add(name + " uses real disks or sockets, and is not @EitherIo");
            }
          });
    }
    unused.forEach(name -> broken.add(name + " is an exception to no purpose"));
    return List.copyOf(broken);
  }

  private static Stream<JavaMethod> testMethods(JavaClass test) {
    return test.getAllMethods().stream()
        .filter(method -> method.isMetaAnnotatedWith(Testable.class));
  }

  /** As JUnit takes tags: from superclasses, for the annotation is inherited, and from around. */
  private static boolean isMarked(JavaClass test) {
    return test.isAnnotatedWith(EitherIo.class)
        || test.getRawSuperclass().map(EitherIoRule::isMarked).orElse(false)
        || test.getEnclosingClass().map(EitherIoRule::isMarked).orElse(false);
  }

  /** All that depend on it, on one of these, and so on. */
  private static Set<JavaClass> usersOfRealIo(Collection<JavaClass> tests) {
    Map<String, Set<JavaClass>> users = new HashMap<>();
    for (JavaClass test : tests) {
      test.getDirectDependenciesFromSelf()
          .forEach(dependency ->
              users
                  .computeIfAbsent(dependency.getTargetClass().getName(), unseen -> new HashSet<>())
                  .add(test));
    }
    Set<JavaClass> found = new HashSet<>();
    Deque<String> used = new ArrayDeque<>(REAL);
    while (!used.isEmpty()) {
      for (JavaClass user : users.getOrDefault(used.remove(), Set.of())) {
        if (found.add(user)) {
          used.add(user.getName());
        }
      }
    }
    return found;
  }
}
