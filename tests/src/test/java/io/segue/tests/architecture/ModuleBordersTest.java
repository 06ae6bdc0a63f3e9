package io.segue.tests.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.nio.file.Files;
import java.nio.file.Path;

/** The borders of the house: which module may use which, and what each may know of the outside. */
@AnalyzeClasses(packages = "io.segue", importOptions = DoNotIncludeTests.class)
class ModuleBordersTest {

  @ArchTest
  static final ArchRule modulesUseOnlyWhatStandsBelowThem =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("schemas")
          .definedBy("io.segue.schemas..")
          .layer("model")
          .definedBy("io.segue.model..")
          .layer("connectors")
          .definedBy("io.segue.connectors..")
          .layer("operators")
          .definedBy("io.segue.operators..")
          .layer("deploy")
          .definedBy("io.segue.deploy..")
          .whereLayer("deploy")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("operators")
          .mayOnlyBeAccessedByLayers("deploy")
          .whereLayer("connectors")
          .mayOnlyBeAccessedByLayers("operators", "deploy")
          .whereLayer("model")
          .mayOnlyBeAccessedByLayers("connectors", "operators", "deploy")
          .whereLayer("schemas")
          .mayOnlyBeAccessedByLayers("connectors", "operators", "deploy");

  @ArchTest
  static final ArchRule modelKnowsNoFlinkKafkaOrAvro =
      noClasses()
          .that()
          .resideInAPackage("io.segue.model..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.flink..", "org.apache.kafka..", "org.apache.avro..");

  @ArchTest
  static final ArchRule connectorsUseOnlyTheDataAndTheConfigurationOfModel =
      noClasses()
          .that()
          .resideInAPackage("io.segue.connectors..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.segue.model.backbone..",
              "io.segue.model.decoder..",
              "io.segue.model.head..",
              "io.segue.model.layer..",
              "io.segue.model.loss..",
              "io.segue.model.train..",
              "io.segue.model.serve..",
              "io.segue.model.checkpoint..");

  @ArchTest
  static final ArchRule onlyModelKnowsTensorFlow =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.segue.model..", "io.segue.deploy..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.tensorflow..");

  @ArchTest
  static final ArchRule operatorPackagesFormNoCycle =
      slices().matching("io.segue.operators.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule modelPackagesFormNoCycle =
      slices().matching("io.segue.model.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule everyPackageSaysWhatBelongsInIt =
      ArchRuleDefinition.classes()
          .that()
          .resideOutsideOfPackages("io.segue.schemas.avro..", "io.segue.schemas.flow..")
          .and()
          .areTopLevelClasses()
          .and()
          .doNotHaveModifier(JavaModifier.SYNTHETIC)
          .should(
              new ArchCondition<>("live in a package with a package-info") {
                @Override
                public void check(
                    com.tngtech.archunit.core.domain.JavaClass item, ConditionEvents events) {
                  boolean described = hasPackageInfo(item.getPackageName());
                  if (!described) {
                    events.add(
                        SimpleConditionEvent.violated(
                            item, item.getPackageName() + " has no package-info.java"));
                  }
                }
              });

  /** Modules are top-level folders named by the third part of the package. */
  private static boolean hasPackageInfo(String packageName) {
    String inHouse = packageName.substring("io.segue.".length());
    int end = inHouse.indexOf('.');
    String module = end < 0 ? inHouse : inHouse.substring(0, end);
    return Files.exists(
        Path.of("..", module, "src", "main", "java")
            .resolve(packageName.replace('.', '/'))
            .resolve("package-info.java"));
  }
}
