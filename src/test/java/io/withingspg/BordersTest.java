package io.withingspg;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.stream.Collectors;
import org.jooq.DSLContext;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The borders between rooms, as each {@code package-info.java} states them. */
final class BordersTest {
    private static final String HOUSE = "io.withingspg";

    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(HOUSE);

    private static String room(String name) {
        return HOUSE + "." + name + "..";
    }

    @Test
    void a_resource_knows_neither_Camel_nor_HTTP_nor_how_SQL_is_executed() {
        noClasses()
                .that()
                .resideInAPackage(room("resource"))
                .should()
                .dependOnClassesThat(are(resideInAnyPackage(
                        "org.apache.camel..", "java.net.http..", "org.apache.hc..", "java.sql..", "javax.sql..")))
                .orShould()
                .dependOnClassesThat(are(resideInAnyPackage("org.jooq.impl..")))
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(DSLContext.class)
                .orShould()
                .dependOnClassesThat(are(resideInAnyPackage(room("store"), room("sync"), room("token"))))
                .check(ALL);
    }

    @Test
    void the_store_knows_neither_JSON_nor_Camel_nor_HTTP() {
        noClasses()
                .that()
                .resideInAPackage(room("store"))
                .should()
                .dependOnClassesThat(
                        are(resideInAnyPackage("com.fasterxml..", "org.apache.camel..", "java.net.http..")))
                .check(ALL);
    }

    @Test
    void a_call_knows_no_table_no_resource_and_no_store() {
        noClasses()
                .that()
                .resideInAPackage(room("withings"))
                .should()
                .dependOnClassesThat(
                        are(resideInAnyPackage(room("store"), room("resource"), room("schema"), "org.jooq..")))
                .check(ALL);
    }

    @Test
    void the_simulator_knows_nothing_of_the_house_and_only_commands_know_it() {
        noClasses()
                .that()
                .resideInAPackage(room("simulator"))
                .should()
                .dependOnClassesThat(are(resideInAPackage(HOUSE + "..").and(resideOutsideOfPackage(room("simulator")))))
                .check(ALL);
        noClasses()
                .that()
                .resideOutsideOfPackages(room("simulator"), room("command"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(room("simulator"))
                .check(ALL);
    }

    @Test
    void settings_know_no_other_room() {
        noClasses()
                .that()
                .resideInAPackage(room("config"))
                .should()
                .dependOnClassesThat(are(resideInAPackage(HOUSE + "..").and(resideOutsideOfPackage(room("config")))))
                .check(ALL);
    }

    /** Others may hold a {@link DSLContext} to hand it on; the demo's three example queries are the owner's, not ours. */
    @Test
    void every_statement_of_the_service_is_made_in_the_store() {
        noClasses()
                .that()
                .resideOutsideOfPackages(room("store"), room("schema"))
                .and()
                .doNotHaveSimpleName("DemoQueries")
                .should()
                .callMethodWhere(target(owner(assignableTo(DSLContext.class))))
                .orShould()
                .dependOnClassesThat(are(resideInAnyPackage("java.sql..", "javax.sql..", "org.jooq.impl..")))
                .check(ALL);
        noClasses()
                .that()
                .resideOutsideOfPackages(room("store"), room("sync"), room("command"), room("schema"))
                .should()
                .dependOnClassesThat()
                .areAssignableTo(DSLContext.class)
                .check(ALL);
    }

    /**
     * Two of them, of whatever rows, end in a deadlock where the table is on every server of a cluster: docs/scale.md. Leases
     * are on one server alone.
     */
    @Test
    void no_statement_shares_the_lock_of_a_row_but_a_leases() {
        noClasses()
                .that()
                .doNotHaveSimpleName("Leases")
                .should()
                .callMethodWhere(target(nameMatching("for(Key)?Share")))
                .check(ALL);
    }

    @Test
    void only_the_store_and_the_resources_know_a_table() {
        noClasses()
                .that()
                .resideOutsideOfPackages(room("store"), room("resource"), room("schema"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(room("schema"))
                .check(ALL);
    }

    @Test
    void no_two_rooms_need_each_other() {
        slices().matching(HOUSE + ".(*)..").should().beFreeOfCycles().check(ALL);
    }

    @Test
    void classes_are_named_after_what_they_are() {
        noClasses()
                .that()
                .resideOutsideOfPackage(room("schema"))
                .should()
                .haveSimpleNameEndingWith("Util")
                .orShould()
                .haveSimpleNameEndingWith("Utils")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .orShould()
                .haveSimpleNameEndingWith("Manager")
                .orShould()
                .haveSimpleNameEndingWith("Impl")
                .check(ALL);
    }

    @Test
    void every_package_says_what_may_be_null() {
        var unmarked = ALL.stream()
                .filter(resideOutsideOfPackage(room("schema")))
                .map(JavaClass::getPackage)
                .distinct()
                .filter(room -> !room.isAnnotatedWith(NullMarked.class))
                .map(room -> room.getName())
                .collect(Collectors.toSet());
        assertThat(unmarked).isEmpty();
    }

    @Test
    void classes_are_final_unless_they_are_made_to_be_extended() {
        classes()
                .that()
                .resideOutsideOfPackages(room("schema"))
                .and()
                .areTopLevelClasses()
                .and()
                .areNotInterfaces()
                .and()
                .doNotHaveModifier(JavaModifier.ABSTRACT)
                .and()
                .areNotEnums()
                .should()
                .haveModifier(JavaModifier.FINAL)
                .check(ALL);
    }
}
