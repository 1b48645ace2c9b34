# Kills a server, the leader of the group $1, when the program that started it ends. The program's end closes
# the standard input; a line says that the server has ended. Whatever carries the variable $2 is killed too.
read -r dismissed && exit 0
descend() {
    for file in $(grep -ls "^PPid:[[:blank:]]*$1\$" /proc/[0-9]*/status); do
        file=${file#/proc/}
        echo "${file%/status}"
        descend "${file%/status}"
    done
}
children=$(descend "$1")
kill -KILL -- "-$1"
for child in $children; do kill -KILL "$child"; done
for process in /proc/[0-9]*; do
    grep -qs -- "$2" "$process/environ" && kill -KILL "${process#/proc/}"
done
