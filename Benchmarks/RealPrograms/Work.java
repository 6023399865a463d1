// SPDX-License-Identifier: Apache-2.0
// What the JVM does while it is patched: threads that lock, allocate, compress, talk to one another over sockets and
// throw, and that check what they get. Prints how often, and what went wrong, when its input ends.

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

public class Work {
    static final AtomicLong rounds = new AtomicLong(), failures = new AtomicLong();
    static final Object lock = new Object();
    static long counter;

    interface Task {
        void run() throws Exception;
    }

    static void repeat(Task task) {
        Thread thread = new Thread(() -> {
            while (true) {
                try {
                    task.run();
                    rounds.incrementAndGet();
                } catch (Exception failure) {
                    failure.printStackTrace();
                    failures.incrementAndGet();
                }
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    static void compress() throws Exception {
        byte[] input = new byte[20000], output = new byte[40000], result = new byte[20000];
        for (int i = 0; i < input.length; i++) input[i] = (byte) (i * i >> 7);
        Deflater deflater = new Deflater();
        deflater.setInput(input);
        deflater.finish();
        int size = deflater.deflate(output);
        deflater.end();
        Inflater inflater = new Inflater();
        inflater.setInput(output, 0, size);
        int back = inflater.inflate(result);
        inflater.end();
        if (back != input.length || !Arrays.equals(input, result)) throw new Exception("compressed wrongly");
    }

    static void contend() throws Exception {
        synchronized (lock) {
            long before = counter++;
            lock.notifyAll();
            lock.wait(1);
            if (counter <= before) throw new Exception("counted wrongly");
        }
    }

    static void serve(ServerSocket server) throws Exception {
        try (Socket client = server.accept()) {
            byte[] bytes = new byte[4096];
            for (int count; (count = client.getInputStream().read(bytes)) > 0; )
                client.getOutputStream().write(bytes, 0, count);
        }
    }

    static void ask(int port) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            byte[] bytes = new byte[1000];
            for (int i = 0; i < 50; i++) {
                Arrays.fill(bytes, (byte) i);
                socket.getOutputStream().write(bytes);
                if (!Arrays.equals(socket.getInputStream().readNBytes(bytes.length), bytes)) throw new Exception("echo");
            }
        }
    }

    public static void main(String[] arguments) throws Exception {
        ServerSocket server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        repeat(() -> serve(server));
        repeat(() -> ask(server.getLocalPort()));
        repeat(Work::contend);
        repeat(Work::contend);
        repeat(Work::compress);
        repeat(() -> {
            try {
                throw new IllegalStateException();
            } catch (IllegalStateException expected) {
                System.gc();
                Thread.sleep(20);
            }
        });
        System.out.println("ready");
        while (System.in.read() >= 0) {
        }
        System.out.println("rounds " + rounds + " failures " + failures);
        System.exit(failures.get() == 0 ? 0 : 1);
    }
}
