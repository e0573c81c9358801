#include "cli/program.hpp"

#include "core/file.hpp"
#include "support/catch.hpp"

#include <windows.h>

#include <psapi.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cwctype>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

namespace cli_test {

namespace {

std::wstring wide(const std::string& text) { return stack2nrrd::path_from_utf8(text).wstring(); }

/// Closed when it goes.
class Handle {
public:
    explicit Handle(HANDLE handle = nullptr) : handle_(handle) {}
    ~Handle() { close(); }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    void close() {
        if (handle_ != nullptr) ::CloseHandle(handle_);
        handle_ = nullptr;
    }
    [[nodiscard]] HANDLE get() const { return handle_; }
    [[nodiscard]] HANDLE* address() { return &handle_; }

private:
    HANDLE handle_;
};

/// Both ends of a pipe, of which a child inherits one.
struct Pipe {
    Handle reading;
    Handle writing;
    explicit Pipe(bool child_reads) {
        constexpr DWORD room = 65536;
        SECURITY_ATTRIBUTES inherited{sizeof(SECURITY_ATTRIBUTES), nullptr, TRUE};
        REQUIRE(::CreatePipe(reading.address(), writing.address(), &inherited, room));
        ::SetHandleInformation((child_reads ? writing : reading).get(), HANDLE_FLAG_INHERIT, 0);
    }
};

/// A console for a child, where Ctrl-C can be sent to it; nobody sees it.
class Console {
public:
    Console() : keys_(false), shown_(true) {
        constexpr COORD size{80, 24};
        REQUIRE(::CreatePseudoConsole(size, keys_.reading.get(), shown_.writing.get(), 0, &console_) == S_OK);
        SIZE_T bytes = 0;
        ::InitializeProcThreadAttributeList(nullptr, 1, 0, &bytes);
        memory_.resize(bytes);
        REQUIRE(::InitializeProcThreadAttributeList(attributes(), 1, 0, &bytes));
        REQUIRE(::UpdateProcThreadAttribute(attributes(), 0, PROC_THREAD_ATTRIBUTE_PSEUDOCONSOLE, console_,
                                            sizeof(console_), nullptr, nullptr));
    }
    ~Console() {
        ::DeleteProcThreadAttributeList(attributes());
        ::ClosePseudoConsole(console_);
    }
    Console(const Console&) = delete;
    Console& operator=(const Console&) = delete;
    [[nodiscard]] LPPROC_THREAD_ATTRIBUTE_LIST attributes() {
        return reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(memory_.data());
    }

private:
    Pipe keys_;
    Pipe shown_;
    HPCON console_ = nullptr;
    std::vector<std::byte> memory_;
};

/// Reads what a child writes, in a thread of its own, so that the child never waits.
class Reader {
public:
    explicit Reader(HANDLE pipe) : thread_([this, pipe] { read(pipe); }) {}
    [[nodiscard]] std::string text() {
        const std::lock_guard lock(mutex_);
        return text_;
    }
    [[nodiscard]] std::string all() {
        thread_.join();
        return text_;
    }

private:
    void read(HANDLE pipe) {
        std::array<char, 65536> buffer{};
        for (DWORD got = 0; ::ReadFile(pipe, buffer.data(), buffer.size(), &got, nullptr) && got > 0;) {
            const std::lock_guard lock(mutex_);
            text_.append(buffer.data(), got);
        }
    }

    std::mutex mutex_;
    std::string text_;
    std::thread thread_;
};

/// As CommandLineToArgvW() takes it apart: quotes around all, a backslash before quotes, and backslashes before these
/// or at the end twice.
std::wstring quoted(const std::wstring& argument) {
    std::wstring text = L"\"";
    std::size_t backslashes = 0;
    for (const wchar_t c : argument) {
        if (c == L'"') text.append(backslashes + 1, L'\\');
        backslashes = c == L'\\' ? backslashes + 1 : 0;
        text += c;
    }
    return text.append(backslashes, L'\\') + L'"';
}

/// This process's environment with some variables of its own; names are the same in any case.
std::wstring environment(const std::map<std::string, std::string>& set) {
    const auto upper = [](std::wstring name) {
        for (wchar_t& c : name) c = static_cast<wchar_t>(std::towupper(static_cast<std::wint_t>(c)));
        return name;
    };
    std::map<std::wstring, std::wstring> lines;
    wchar_t* const block = ::GetEnvironmentStringsW();
    for (const wchar_t* line = block; *line != 0; line += std::wcslen(line) + 1) {
        const std::wstring text = line;
        lines[upper(text.substr(0, text.find(L'=', 1)))] = text;
    }
    ::FreeEnvironmentStringsW(block);
    for (const auto& [name, value] : set) lines[upper(wide(name))] = wide(name) + L'=' + wide(value);
    std::wstring all;
    for (const auto& [name, line] : lines) all += line + L'\0';
    return all + L'\0';
}

std::int64_t peak_of(HANDLE process) {
    PROCESS_MEMORY_COUNTERS counters{};
    ::GetProcessMemoryInfo(process, &counters, sizeof(counters));
    return static_cast<std::int64_t>(counters.PeakWorkingSetSize);
}

Result run_line(const Program& program, std::wstring line) {
    REQUIRE((program.limits.empty() && program.out_file.empty() && program.mask < 0));  // what POSIX alone has
    REQUIRE(program.input.size() <= 60000);                                             // what the pipe holds
    // First, since the process that keeps it inherits what there is, and would keep pipes open.
    std::optional<Console> console;
    if (program.on_err) console.emplace();
    Pipe in(true), out(false), err(false);
    STARTUPINFOEXW extended{};
    if (console) extended.lpAttributeList = console->attributes();
    STARTUPINFOW& startup = extended.StartupInfo;
    startup.cb = console ? sizeof(extended) : sizeof(startup);
    startup.dwFlags = STARTF_USESTDHANDLES;
    const auto is_closed = [&](int number) {
        return std::find(program.closed.begin(), program.closed.end(), number) != program.closed.end();
    };
    startup.hStdInput = is_closed(0) ? nullptr : in.reading.get();
    startup.hStdOutput = is_closed(1) ? nullptr : out.writing.get();
    startup.hStdError = is_closed(2) ? nullptr : err.writing.get();
    std::wstring variables = environment(program.set);
    PROCESS_INFORMATION made{};
    const auto start = std::chrono::steady_clock::now();
    const auto elapsed = [&] {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    };
    const DWORD flags = CREATE_UNICODE_ENVIRONMENT | (console ? EXTENDED_STARTUPINFO_PRESENT : 0U);
    const BOOL started = ::CreateProcessW(nullptr, line.data(), nullptr, nullptr, TRUE, flags, variables.data(),
                                          program.folder.empty() ? nullptr : program.folder.c_str(), &startup, &made);
    CAPTURE(::GetLastError());
    REQUIRE(started);
    const Handle process(made.hProcess), thread(made.hThread);
    in.reading.close();
    out.writing.close();
    err.writing.close();
    Reader said(out.reading.get()), reported(err.reading.get());
    DWORD written = 0;
    ::WriteFile(in.writing.get(), program.input.data(), static_cast<DWORD>(program.input.size()), &written, nullptr);
    in.writing.close();

    Result result;
    bool too_long = false;
    std::size_t known = 0;
    for (DWORD state = WAIT_TIMEOUT; state == WAIT_TIMEOUT;) {
        state = ::WaitForSingleObject(process.get(), 5);
        const std::string text = program.on_err ? reported.text() : std::string();
        if (text.size() > known) program.on_err(text, static_cast<int>(made.dwProcessId));
        known = text.size();
        result.peak_bytes = std::max(result.peak_bytes, peak_of(process.get()));
        if (elapsed() > program.patience * STACK2NRRD_PATIENCE && !too_long)
            too_long = ::TerminateProcess(process.get(), 1) != 0;
    }
    result.seconds = elapsed();
    result.out = said.all();
    result.err = reported.all();
    DWORD status = 0;
    REQUIRE(::GetExitCodeProcess(process.get(), &status));
    result.status = too_long ? -1 : static_cast<int>(status);
    return result;
}

/// Calls a function of the system that has no header, on a process.
void call_on(int process, const char* function) {
    const Handle handle(::OpenProcess(PROCESS_SUSPEND_RESUME, FALSE, static_cast<DWORD>(process)));
    using Function = LONG(NTAPI*)(HANDLE);
    const auto address = ::GetProcAddress(::GetModuleHandleW(L"ntdll"), function);
    REQUIRE((handle.get() != nullptr && address != nullptr));
    REQUIRE(reinterpret_cast<Function>(reinterpret_cast<void*>(address))(handle.get()) == 0);
}

}  // namespace

const int killed = 1009;

std::int64_t own_peak_bytes() { return peak_of(::GetCurrentProcess()); }

Result Program::run() const {
    Arguments all = wrapper;
    all.push_back(program);
    all.insert(all.end(), arguments.begin(), arguments.end());
    std::wstring line;
    for (const std::string& argument : all) line += (line.empty() ? L"" : L" ") + quoted(wide(argument));
    return run_line(*this, line);
}

Result run_in_shell(const fs::path& folder, const std::string& line, const std::string&) {
    Program program{{}, folder};
    const std::string path = std::getenv("PATH") == nullptr ? "" : std::getenv("PATH");
    program.set = {{"PATH", fs::path(STACK2NRRD_PROGRAM).parent_path().string() + ";" + path}};
    return run_line(program, L"cmd.exe /d /s /c \"" + wide(line) + L"\"");
}

void kill_process(int process) {
    const Handle handle(::OpenProcess(PROCESS_TERMINATE, FALSE, static_cast<DWORD>(process)));
    ::TerminateProcess(handle.get(), static_cast<UINT>(killed));
}

const std::vector<StopSignal>& stop_signals() {
    // It goes to all that share a console, so this process joins in, deaf to it for as long.
    const auto ctrl_c = [](int process) {
        ::FreeConsole();
        const bool sent = ::AttachConsole(static_cast<DWORD>(process)) && ::SetConsoleCtrlHandler(nullptr, TRUE) &&
                          ::GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0);
        ::FreeConsole();
        ::AttachConsole(ATTACH_PARENT_PROCESS);
        ::SetConsoleCtrlHandler(nullptr, FALSE);
        return sent;
    };
    static const std::vector<StopSignal> all{{"Ctrl-C", 130, ctrl_c}};
    return all;
}

void stop_process(int process) { call_on(process, "NtSuspendProcess"); }

void continue_process(int process) { call_on(process, "NtResumeProcess"); }

bool is_installed(const std::string& name) {
    return ::SearchPathW(nullptr, wide(name).c_str(), L".exe", 0, nullptr, nullptr) > 0;
}

bool is_root() { return false; }

bool as_nobody(Arguments&, unsigned) {
    say_skipped("a file's mode does not keep anybody away");
    return false;
}

}  // namespace cli_test
