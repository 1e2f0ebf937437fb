package dev.tilewright;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * The direction of imports between the rooms of the library, top to bottom: cli, bench; tune;
 * oracle; op; schedule, kernel; cuda, sim, cpu; dev.tilewright. A room that does not exist yet
 * passes.
 */
@AnalyzeClasses(packages = "dev.tilewright", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
  private static final String ROOT = "dev.tilewright";

  /**
   * Memory, the processor's level and the search for a driver come from the native library, so the
   * root calls its binding; that binding uses nothing, so no circle comes of it. Devices reach the
   * root as services, see DeviceProvider.
   */
  @ArchTest static final ArchRule ROOT_USES_NATIVES_ONLY = onlyUses("", "jni");

  @ArchTest static final ArchRule CPU_USES_ROOT_AND_NATIVES = onlyUses("cpu", "", "jni");

  @ArchTest static final ArchRule CUDA_USES_ROOT = onlyUses("cuda", "");

  @ArchTest static final ArchRule SIM_USES_ROOT_AND_PTX = onlyUses("sim", "", "ptx");

  @ArchTest static final ArchRule PTX_USES_ROOT = onlyUses("ptx", "");

  @ArchTest
  static final ArchRule KERNEL_USES_DEVICES = onlyUses("kernel", "", "cuda", "sim", "cpu");

  @ArchTest
  static final ArchRule SCHEDULE_USES_SOLVER_AND_DEVICES =
      onlyUses("schedule", "", "constrint", "cuda", "sim", "cpu");

  @ArchTest static final ArchRule CONSTRINT_USES_NOTHING = onlyUses("constrint");

  @ArchTest
  static final ArchRule OP_USES_WHAT_IS_BELOW =
      onlyUses("op", "", "schedule", "constrint", "kernel", "cuda", "sim", "cpu", "jni");

  @ArchTest static final ArchRule JNI_USES_NOTHING = onlyUses("jni");

  @ArchTest static final ArchRule ORACLE_USES_SPECS_ONLY = onlyUses("oracle", "", "op");

  @ArchTest
  static final ArchRule TUNE_USES_WHAT_CLI_MAY =
      onlyUses("tune", "", "op", "schedule", "constrint", "oracle");

  @ArchTest
  static final ArchRule ONLY_ROOT_CPU_AND_OP_CALL_NATIVES =
      noClasses()
          .that()
          .resideOutsideOfPackages(in(""), in("cpu"), in("op"), in("jni"))
          .should()
          .dependOnClassesThat()
          .resideInAPackage(in("jni"))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("dev.tilewright.(*)..").should().beFreeOfCycles().allowEmptyShould(true);

  /** The room (its name, or "" for dev.tilewright itself) depends on no other room than these. */
  private static ArchRule onlyUses(String room, String... others) {
    String[] allowed = new String[others.length + 1];
    allowed[0] = in(room);
    for (int i = 0; i < others.length; i++) {
      allowed[i + 1] = in(others[i]);
    }
    return noClasses()
        .that()
        .resideInAPackage(in(room))
        .should()
        .dependOnClassesThat(resideInAPackage(ROOT + "..").and(not(resideInAnyPackage(allowed))))
        .allowEmptyShould(true);
  }

  private static String in(String room) {
    return room.isEmpty() ? ROOT : ROOT + "." + room + "..";
  }
}
