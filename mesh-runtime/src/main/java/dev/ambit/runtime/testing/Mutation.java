package dev.ambit.runtime.testing;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Makes inputs of other inputs: a few changes each, of the kinds that break parsers. */
final class Mutation {

    private static final int MOST_CHANGES = 6;
    private static final int LONGEST = 64 * 1024;

    /** Separators, escapes, lengths at their edges, and the beginnings of nested things. */
    private static final String[] WORDS = {
        "\0",
        "\r\n",
        "%2f",
        "%00",
        "%",
        "..",
        "/",
        "=",
        ",",
        ";",
        ":",
        "\"",
        "[",
        "{",
        "[[[[[[[[[[[[[[[[",
        "- - - - - - - - ",
        "&a ",
        "*a",
        "-1",
        "65536",
        "99999999999999999999",
        "\u0001",
        "\u007f",
        "\u00ff",
        "\u00ff\u00ff",
        "\u0000\u0000\u0000\u0000",
        "\u007f\u00ff\u00ff\u00ff",
        "\u00ff\u00ff\u00ff\u00ff",
        "\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u0001",
        "\u00c0\u000c",
        "::ffff:10.0.0.1",
        "-----BEGIN "
    };

    private Mutation() {}

    static byte[] of(List<byte[]> corpus, Random random) {
        byte[] input = any(corpus, random).clone();
        for (int change = 1 + random.nextInt(MOST_CHANGES); change > 0; change--) {
            input = changed(input, corpus, random);
        }
        return input.length <= LONGEST ? input : Arrays.copyOf(input, LONGEST);
    }

    private static byte[] any(List<byte[]> corpus, Random random) {
        return corpus.get(random.nextInt(corpus.size()));
    }

    private static byte[] changed(byte[] in, List<byte[]> corpus, Random random) {
        int at = random.nextInt(in.length + 1);
        int length = random.nextInt(Math.min(in.length - at, 1 + random.nextInt(64)) + 1);
        return switch (random.nextInt(8)) {
            case 0 -> flipped(in, random);
            case 1 -> set(in, random);
            case 2 -> replaced(in, at, length, new byte[0]);
            case 3 -> Arrays.copyOf(in, at);
            case 4 -> replaced(in, at, 0, Arrays.copyOfRange(in, at, at + length));
            case 5 -> replaced(in, at, 0, word(random));
            case 6 -> replaced(in, at, length, word(random));
            default -> spliced(in, at, any(corpus, random), random);
        };
    }

    private static byte[] flipped(byte[] in, Random random) {
        byte[] out = in.clone();
        if (out.length > 0) {
            out[random.nextInt(out.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return out;
    }

    private static byte[] set(byte[] in, Random random) {
        byte[] out = in.clone();
        if (out.length > 0) {
            out[random.nextInt(out.length)] = (byte) random.nextInt(256);
        }
        return out;
    }

    private static byte[] word(Random random) {
        return WORDS[random.nextInt(WORDS.length)].getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] spliced(byte[] in, int at, byte[] other, Random random) {
        int from = random.nextInt(other.length + 1);
        return replaced(in, at, in.length - at, Arrays.copyOfRange(other, from, other.length));
    }

    private static byte[] replaced(byte[] in, int at, int length, byte[] with) {
        byte[] out = new byte[in.length - length + with.length];
        System.arraycopy(in, 0, out, 0, at);
        System.arraycopy(with, 0, out, at, with.length);
        System.arraycopy(in, at + length, out, at + with.length, in.length - at - length);
        return out;
    }
}
