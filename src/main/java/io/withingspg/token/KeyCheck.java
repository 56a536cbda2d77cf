package io.withingspg.token;

import io.withingspg.config.ConfigurationException;
import io.withingspg.config.Settings;
import io.withingspg.store.Tokens;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Whether the keys at hand open what is stored. Makes no key, writes nothing and shows no token. */
public final class KeyCheck {
    private final Vault vault;

    private KeyCheck(Vault vault) {
        this.vault = vault;
    }

    /**
     * Empty where there is no key yet, and the first command that needs one makes it.
     *
     * @throws ConfigurationException where the owner's key is missing or malformed
     */
    public static Optional<KeyCheck> of(Settings settings) {
        return TokenKeys.areThere(settings)
                ? Optional.of(new KeyCheck(Vault.open(settings, List.of())))
                : Optional.empty();
    }

    /** As {@code sync.token} and messages name a key. */
    public static String name(int keyId) {
        return Vault.name(keyId);
    }

    /** Ids of the keys at hand, the one that encrypts first. */
    public List<Integer> keyIds() {
        var ids = new ArrayList<Integer>();
        ids.add(vault.primary());
        ids.addAll(vault.others());
        return ids;
    }

    /** @throws ConfigurationException where one of them is not at hand */
    public void requireAll(Collection<Integer> needed) {
        vault.check(needed);
    }

    /** Why this person's tokens do not open; empty where they do. */
    public Optional<String> problem(long userId, Tokens.Stored stored) {
        try {
            vault.open(stored.accessToken(), userId, Vault.Purpose.ACCESS);
            vault.open(stored.refreshToken(), userId, Vault.Purpose.REFRESH);
            return Optional.empty();
        } catch (ConfigurationException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }
}
