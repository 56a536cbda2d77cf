package io.withingspg.token;

import io.withingspg.config.ConfigurationException;
import io.withingspg.store.Database;
import io.withingspg.store.Tokens;
import io.withingspg.store.Tokens.Resealed;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jooq.exception.DataAccessException;

/**
 * Moves all stored tokens under the newest key while others go on using them, a person at a time. What is left to do
 * stands in the rows themselves, so whoever is interrupted goes on by starting again.
 */
public final class Rekey {
    private static final int BATCH = 500;
    private static final int PASSES_MAX = 3;

    private final Tokens tokens;
    private final Vault vault;

    public Rekey(Tokens tokens, Vault vault) {
        this.tokens = tokens;
        this.vault = vault;
    }

    /**
     * Sees to it that there is a new key: makes one where keys are made here, asks for one where the owner gives them.
     *
     * @return how many people's tokens are not under it
     * @throws ConfigurationException where the owner has given none, or a key is missing that a row needs
     */
    public int begin() {
        return tokens.alone(() -> {
            var primary = vault.primary(); // read anew: another rekeying may just have changed it
            var people = tokens.keyIds();
            vault.check(people.keySet());
            var finished = List.of(primary).containsAll(people.keySet());
            if (finished && vault.makesItsKeys()) {
                vault.renewKey(people.keySet());
            } else if (finished && vault.others().isEmpty()) {
                throw new ConfigurationException("TOKEN_KEY holds one key, " + Vault.name(primary)
                        + ", and every token is under it: put a new one in front of it, TOKEN_KEY=new,old");
            }
            var newest = vault.primary();
            return people.entrySet().stream()
                    .filter(under -> under.getKey() != newest)
                    .mapToInt(Map.Entry::getValue)
                    .sum();
        });
    }

    /**
     * Whose tokens are as they were.
     *
     * @param unreadable nothing but a new consent helps these people
     * @param held a refresh does not come to an end: the next run finds them
     */
    public record Left(List<Long> unreadable, List<Long> held) {
        private boolean isLess(Tokens tokens, int keyId) {
            var known = unreadable.size() + held.size();
            return tokens.notUnderKey(keyId, Long.MIN_VALUE, known + 1).size() > known;
        }
    }

    /** @param rekeyed is told after each person */
    public Left run(Runnable rekeyed) {
        var left = pass(rekeyed);
        // What was being stored while we passed by, under the key that was the newest when it was encrypted.
        for (var passes = 1; passes < PASSES_MAX && left.isLess(tokens, vault.primary()); passes++) {
            left = pass(rekeyed);
        }
        return left;
    }

    private Left pass(Runnable rekeyed) {
        var keyId = vault.primary();
        var unreadable = new ArrayList<Long>();
        var held = new ArrayList<Long>();
        var last = Long.MIN_VALUE;
        for (var batch = tokens.notUnderKey(keyId, last, BATCH);
                !batch.isEmpty();
                batch = tokens.notUnderKey(keyId, last, BATCH)) {
            for (var userId : batch) {
                try {
                    tokens.reseal(userId, stored -> resealed(userId, stored));
                    rekeyed.run();
                } catch (ConfigurationException e) {
                    unreadable.add(userId);
                } catch (DataAccessException e) {
                    if (!Database.isHeld(e)) {
                        throw e;
                    }
                    held.add(userId);
                }
            }
            last = batch.getLast();
        }
        return new Left(List.copyOf(unreadable), List.copyOf(held));
    }

    private Resealed resealed(long userId, Tokens.Stored stored) {
        var previous = stored.previousRefreshToken();
        return new Resealed(
                vault.anew(stored.accessToken(), userId, Vault.Purpose.ACCESS),
                vault.anew(stored.refreshToken(), userId, Vault.Purpose.REFRESH),
                previous == null ? null : vault.anew(previous, userId, Vault.Purpose.REFRESH));
    }

    /** The name of the key that encrypts. */
    public String newest() {
        return Vault.name(vault.primary());
    }

    /** Names of the keys that open nothing any more. */
    public List<String> idle() {
        var used = tokens.keyIds().keySet();
        return vault.others().stream()
                .filter(id -> !used.contains(id))
                .map(Vault::name)
                .toList();
    }
}
